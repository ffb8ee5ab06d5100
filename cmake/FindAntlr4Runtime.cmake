# Antlr4::runtime, the C++ runtime as a shared library, its headers as system headers. The CMake file that comes with it
# names directories only and is missing from some packages, so the library is found here.
find_path(ANTLR4_RUNTIME_INCLUDE_DIR antlr4-runtime.h PATH_SUFFIXES antlr4-runtime)
find_library(ANTLR4_RUNTIME_LIBRARY antlr4-runtime)
mark_as_advanced(ANTLR4_RUNTIME_INCLUDE_DIR ANTLR4_RUNTIME_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Antlr4Runtime REQUIRED_VARS ANTLR4_RUNTIME_LIBRARY ANTLR4_RUNTIME_INCLUDE_DIR)

if(Antlr4Runtime_FOUND AND NOT TARGET Antlr4::runtime)
  add_library(Antlr4::runtime UNKNOWN IMPORTED)
  set_target_properties(Antlr4::runtime PROPERTIES IMPORTED_LOCATION "${ANTLR4_RUNTIME_LIBRARY}"
                                                   INTERFACE_INCLUDE_DIRECTORIES "${ANTLR4_RUNTIME_INCLUDE_DIR}")
endif()
