# `cmake --install`: the command, the archives and headers of the rooms, and a WritConfig.cmake with three components,
# each one an export set so that a service that only decides needs neither ANTLR nor LLVM:
#   find_package(Writ COMPONENTS runtime)   Writ::writ
#   find_package(Writ COMPONENTS jit)       Writ::jit
#   find_package(Writ COMPONENTS compiler)  Writ::compiler
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(writ_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Writ")

function(writ_install_component component)
  install(TARGETS ${ARGN} EXPORT Writ_${component} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT Writ_${component} NAMESPACE Writ:: DESTINATION "${writ_config_dir}" FILE Writ_${component}.cmake)
endfunction()

set_target_properties(writ_runtime PROPERTIES EXPORT_NAME writ)
set_target_properties(writ_compiler PROPERTIES EXPORT_NAME compiler)
writ_install_component(runtime writ_runtime writ_bundle writ_json writ_flip writ_engine writ_interpret writ_password
                       writ_program)
writ_install_component(compiler writ_compiler writ_build writ_overview writ_diff writ_lint writ_testing writ_lower writ_check writ_load writ_syntax writ_diagnostics writ_grammar)
if(WRIT_JIT)
  set_target_properties(writ_jit PROPERTIES EXPORT_NAME jit)
  writ_install_component(jit writ_jit)
endif()

foreach(room runtime compiler)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${room}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/writ"
          FILES_MATCHING PATTERN "*.h")
endforeach()
if(TARGET writ_cli)
  install(TARGETS writ_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  install(FILES "${writ_common_list}" DESTINATION "${CMAKE_INSTALL_DATADIR}/writ" OPTIONAL)
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/WritConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/WritConfig.cmake" INSTALL_DESTINATION "${writ_config_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/WritConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/WritConfig.cmake" "${PROJECT_BINARY_DIR}/WritConfigVersion.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindRE2Library.cmake" "${PROJECT_SOURCE_DIR}/cmake/FindAntlr4Runtime.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindPasswordLibraries.cmake"
        DESTINATION "${writ_config_dir}")
