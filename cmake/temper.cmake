# How everything here is compiled, and the helpers that make a folder a library.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

set(TEMPER_LIBRARIES "" CACHE INTERNAL "every folder's library")

find_package(Threads REQUIRED)
find_package(doctest REQUIRED)

# The shared or, where TEMPER_STATIC_LIBRARIES is on and it exists, the static
# form of a library, as the imported target `target`. SHARED, last: always that form,
# for a library that brings many others.
function(temper_find_library target name header)
  set(names ${name})
  if(TEMPER_STATIC_LIBRARIES AND NOT "SHARED" IN_LIST ARGN)
    list(PREPEND names lib${name}.a)
  endif()
  find_library(TEMPER_LIB_${name} NAMES ${names} REQUIRED)
  find_path(TEMPER_INCLUDE_${name} ${header} REQUIRED)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(${target} INTERFACE ${TEMPER_LIB_${name}} ${CMAKE_DL_LIBS})
endfunction()

# The flags of our own code; system headers are not ours to judge.
add_library(temper_flags INTERFACE)
target_include_directories(temper_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(temper_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # At -O2, g++ 12 takes the inactive members of a moved std::variant for
  # variables that were forgotten, and sees overlaps in its own std::string (GCC bug
  # 105651). Clang and the sanitizers look for real ones.
  target_compile_options(temper_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
else()
  # TRY is a statement expression, marked __extension__; clang warns all the same.
  target_compile_options(temper_flags INTERFACE -Wno-gnu-statement-expression)
endif()
target_link_libraries(temper_flags INTERFACE Threads::Threads)

# temper_library(NAME [DEPENDS library...] [LIBRARIES target...])
#
# The folder as the static library temper_NAME: every .cpp in it, but for main.cpp
# and the tests beside them, which become the program tests/NAME_test. DEPENDS are
# folders of ours (without the prefix), LIBRARIES those of others.
function(temper_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")

  add_library(temper_${name} STATIC ${sources})
  list(TRANSFORM ARG_DEPENDS PREPEND temper_)
  target_link_libraries(temper_${name} PUBLIC temper_flags ${ARG_DEPENDS} PRIVATE ${ARG_LIBRARIES})
  set(TEMPER_LIBRARIES temper_${name} ${TEMPER_LIBRARIES} CACHE INTERNAL "every folder's library")
  if(tests)
    temper_test(${name}_test SOURCES ${tests} DEPENDS ${name})
  endif()
endfunction()

# temper_test(NAME SOURCES file... [DEPENDS library...]): a doctest program in
# tests/, which `./dev test` finds and runs. TEMPER_SOURCE_DIR is where its files are.
function(temper_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  list(TRANSFORM ARG_DEPENDS PREPEND temper_)
  add_executable(${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE TEMPER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} doctest::doctest)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endfunction()

# temper_kernels(FOLDER [FLAGS flag...]): the subfolder's code, compiled for one
# instruction set, as a part of temper_kernels. The only place where code gets
# machine flags; src/engine/kernels/kernels.h says what such code must not do, and
# here it is checked. Sums of floats are those that are written, on every machine.
# TEMPER_KERNELS_OPTIMISED is how far: sanitizers take minutes for a file at more than -O1.
set(TEMPER_KERNELS_OPTIMISED -O3 CACHE STRING "how far kernels are optimised")
function(temper_kernels folder)
  cmake_parse_arguments(ARG "" "" "FLAGS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  set(target temper_kernels_${folder})
  add_library(${target} OBJECT ${sources})
  target_link_libraries(${target} PRIVATE temper_flags)
  target_compile_options(${target} PRIVATE ${TEMPER_KERNELS_OPTIMISED} -ffp-contract=off ${ARG_FLAGS})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC takes its own "undefined" registers for variables that were forgotten.
    target_compile_options(${target} PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
  target_sources(temper_kernels PRIVATE $<TARGET_OBJECTS:${target}>)

  set(checked ${CMAKE_CURRENT_BINARY_DIR}/${folder}.checked)
  add_custom_command(OUTPUT ${checked}
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} "-DOBJECTS=$<TARGET_OBJECTS:${target}>"
            -P ${PROJECT_SOURCE_DIR}/cmake/check_kernels.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${checked}
    DEPENDS ${target} $<TARGET_OBJECTS:${target}> ${PROJECT_SOURCE_DIR}/cmake/check_kernels.cmake
    COMMENT "" VERBATIM)
  add_custom_target(${target}_check DEPENDS ${checked})
  add_dependencies(temper_kernels ${target}_check)
endfunction()
