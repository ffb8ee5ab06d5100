# `cmake --install`: the command, the shared libraries and the headers that lead to them, for CMake and for pkg-config.
#   find_package(Writ COMPONENTS runtime)   Writ::writ      -lwrit           pkg-config writ
#   find_package(Writ COMPONENTS jit)       Writ::jit       -lwrit-jit       pkg-config writ-jit
#   find_package(Writ COMPONENTS stores)    Writ::stores    -lwrit-stores    pkg-config writ-stores
#   find_package(Writ COMPONENTS watch)     Writ::watch     -lwrit-watch     pkg-config writ-watch
#   find_package(Writ COMPONENTS compiler)  Writ::compiler  -lwrit-compiler  pkg-config writ-compiler
# A library is made of its rooms' objects, so that a service which only decides needs neither ANTLR nor LLVM on its machine. What it
# was built with is linked privately: whoever uses it needs headers of nothing else. docs/decisions/0017-the-door.md says why.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(writ_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Writ")
set(writ_pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
configure_file("${PROJECT_SOURCE_DIR}/cmake/writ.map.in" "${PROJECT_BINARY_DIR}/writ.map" @ONLY)

# writ_library(component name ROOMS ... [SEES libraries of ours...] LINK ... SAYS what it is)
function(writ_library component name)
  cmake_parse_arguments(PARSE_ARGV 2 library "" "SAYS" "ROOMS;SEES;LINK")
  set(target writ_shared_${component})
  set(objects "")
  foreach(room IN LISTS library_ROOMS)
    list(APPEND objects $<TARGET_OBJECTS:${room}>)
  endforeach()
  add_library(${target} SHARED ${objects})
  target_link_libraries(${target} PRIVATE ${library_LINK} PUBLIC ${library_SEES})
  target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} INTERFACE cxx_std_20)
  # Calls inside a library go straight to their function.
  target_link_options(${target} PRIVATE "-Wl,--version-script=${PROJECT_BINARY_DIR}/writ.map" -Wl,-Bsymbolic-functions
                                        -Wl,--as-needed)
  if(NOT WRIT_SANITIZE)  # whose own symbols the program brings
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  if(name STREQUAL "writ")
    set(export writ)
  else()
    set(export ${component})
  endif()
  set_target_properties(
    ${target}
    PROPERTIES OUTPUT_NAME ${name}
               EXPORT_NAME ${export}
               LINKER_LANGUAGE CXX
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}  # before 1.0 each minor version is an interface of its own
               LINK_DEPENDS "${PROJECT_BINARY_DIR}/writ.map"
               LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib"
               INSTALL_RPATH "$ORIGIN")
  install(TARGETS ${target} EXPORT Writ_${component} LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component})
  install(EXPORT Writ_${component} NAMESPACE Writ:: DESTINATION "${writ_config_dir}" FILE Writ_${component}.cmake
          COMPONENT ${component})

  set(writ_pc_name ${name})
  set(writ_pc_says "${library_SAYS}")
  set(writ_pc_requires "")
  if(library_SEES)
    set(writ_pc_requires "writ = ${PROJECT_VERSION}")
  endif()
  file(RELATIVE_PATH writ_pc_up "/${writ_pkgconfig_dir}" "/")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/writ.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${writ_pkgconfig_dir}" COMPONENT ${component})
endfunction()

writ_library(runtime writ SAYS "decides by compiled authentication policies" ROOMS ${writ_runtime_rooms}
             LINK Threads::Threads OpenSSL::Crypto RE2::re2 Argon2::argon2 Crypt::crypt Zxcvbn::zxcvbn ICU::uc
                  nlohmann_json::nlohmann_json simdjson::simdjson)
writ_library(compiler writ-compiler SAYS "compiles authentication policies" ROOMS ${writ_compiler_rooms} writ_grammar
             SEES writ_shared_runtime
             LINK Threads::Threads Antlr4::runtime fmt::fmt date::date-tz tomlplusplus::tomlplusplus RE2::re2 OpenSSL::Crypto)
writ_library(stores writ-stores SAYS "counters of attempts that processes share" ROOMS writ_store_sqlite writ_store_redis
             SEES writ_shared_runtime LINK Threads::Threads SQLite::SQLite3 Hiredis::hiredis)
writ_library(watch writ-watch SAYS "keeps engines at the latest version of their policies" ROOMS writ_watch SEES writ_shared_runtime
             LINK Threads::Threads $<$<BOOL:${CURL_FOUND}>:CURL::libcurl>)
if(WRIT_JIT)
  writ_library(jit writ-jit SAYS "machine code for authentication policies" ROOMS writ_jit SEES writ_shared_runtime
               LINK Threads::Threads LLVM)
endif()

# The headers that the public ones lead to, and no others. Among themselves they are included as <writ/runtime/…>, so that one include
# directory is enough and no other name is taken from it.
install(CODE "set(writ_source \"${PROJECT_SOURCE_DIR}\")
set(writ_headers \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}\")
set(writ_jit ${WRIT_JIT})" COMPONENT runtime)
install(SCRIPT "${PROJECT_SOURCE_DIR}/cmake/WritHeaders.cmake" COMPONENT runtime)

if(TARGET writ_cli)
  install(TARGETS writ_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT command)
  install(FILES "${writ_common_list}" DESTINATION "${CMAKE_INSTALL_DATADIR}/writ" COMPONENT command OPTIONAL)
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/WritConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/WritConfig.cmake" INSTALL_DESTINATION "${writ_config_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/WritConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/WritConfig.cmake" "${PROJECT_BINARY_DIR}/WritConfigVersion.cmake"
        DESTINATION "${writ_config_dir}" COMPONENT runtime)
