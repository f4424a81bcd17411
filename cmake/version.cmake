# Writes the version into OUTPUT, a file for #include; run at every build.
#
# SOURCE is a git checkout, or a folder without git (a tarball), where FALLBACK
# counts. The file is written only when its text has changed, so that nothing is
# built again for nothing.
set(version "${FALLBACK}")
find_program(GIT git)
if(GIT AND EXISTS "${SOURCE}/.git")
  execute_process(
    COMMAND ${GIT} describe --tags --match "v[0-9]*" --dirty
    WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0)
    string(SUBSTRING "${described}" 1 -1 version)
  else()  # no tag yet
    execute_process(
      COMMAND ${GIT} describe --always --dirty --exclude "*"
      WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE
      ERROR_QUIET RESULT_VARIABLE status)
    if(status EQUAL 0)
      set(version "${FALLBACK}+g${described}")
    endif()
  endif()
endif()

set(text "#define TEMPER_VERSION \"${version}\"\n")
set(current "")
if(EXISTS "${OUTPUT}")
  file(READ "${OUTPUT}" current)
endif()
if(NOT text STREQUAL current)
  file(WRITE "${OUTPUT}" "${text}")
endif()
