# cmake -DNM=nm -DOBJECTS=a.o;b.o -P check_kernels.cmake
#
# Fails where an object offers a weak C++ function, such as one from a standard
# header: the linker may take it, compiled for one instruction set, for the same
# function in code that must run everywhere.
foreach(object ${OBJECTS})
  execute_process(COMMAND ${NM} --defined-only ${object}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " W _Z[^\n]*" weak "${symbols}")
  if(weak)
    message(FATAL_ERROR "${object} has functions that the linker may merge with portable code:${weak}\n"
      "Kernel files include only intrinsics and C's headers of types.")
  endif()
endforeach()
