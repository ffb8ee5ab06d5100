# How our own code is compiled, and what a room is.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

get_property(writ_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT CMAKE_BUILD_TYPE AND NOT writ_multi_config)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

# Colours even through ninja, and the warnings that are errors.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fdiagnostics-color=auto)
endif()

set(writ_warnings -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports -Wrestrict inside std::string's own operator+ (GCC bug 105651): noise, never ours. When it optimises
  # fully it reports three more of that kind inside std::string and std::vector::insert. What they look for is found by
  # the asan preset; clang's warnings of these names, which look at our text, stay on where clang compiles.
  list(APPEND writ_warnings -Wno-restrict
       "$<$<NOT:$<CONFIG:Debug>>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")
  if(WRIT_SANITIZE)
    # GCC documents these as unreliable beside -fsanitize: the instrumentation hides initialisation and bounds from them.
    list(APPEND writ_warnings -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow)
    # And it inlines a test's own operator delete without its operator new, which then look like a pair that does not match.
    list(APPEND writ_warnings -Wno-mismatched-new-delete)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # The standard library's stable_sort uses what it declares deprecated itself; clang reports that at our call.
  list(APPEND writ_warnings -Wno-deprecated-declarations)
endif()

if(WRIT_SANITIZE)
  add_compile_options(-fsanitize=${WRIT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WRIT_SANITIZE})
endif()
if(WRIT_COVERAGE)
  add_link_options(--coverage -Wl,--undefined=__gcov_dump)  # which tests call in processes they end by _exit
endif()
if(WRIT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "WRIT_FUZZ needs clang (libFuzzer); configure with --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# ccache, when present. The sloppiness is what ccache asks for beside precompiled headers; the base directory and the
# unhashed working directory let build directories of one checkout share results.
find_program(WRIT_CCACHE ccache)
if(WRIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_ABSSTDERR=1 ${WRIT_CCACHE})
endif()

# Everything a target of ours has: the root as include directory, C++20, warnings as errors.
function(writ_own_code target)
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE ${writ_warnings})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_compile_options(${target} PRIVATE -fpch-preprocess)  # so that ccache can cache what uses one
  endif()
endfunction()

# What `./dev coverage` counts: the product and the oracle, not the tests. Atomic, because counts that threads lose make
# gcov's sums of the other lines wrong. Optimised as preset dev is: without, the tests take ten times as long and miss the
# times they hold the command to; lines keep code of their own, because they are counted before most of that is done.
function(writ_measured target)
  if(WRIT_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
  endif()
endfunction()

# Every .cpp of a folder, looked for again at each build.
function(writ_sources out folder)
  file(GLOB found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# writ_room(name folder LINK seen... [HIDDEN used inside only...] [SYSTEM include dirs...] [DEFINE for users...]
#           [OPTIONS ...] [PRECOMPILE headers...])
# A folder without sources is a room of headers: an interface library with the same links.
function(writ_room name folder)
  cmake_parse_arguments(PARSE_ARGV 2 room "" "" "LINK;HIDDEN;SYSTEM;DEFINE;OPTIONS;PRECOMPILE")
  writ_sources(sources ${folder})
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}")
    target_compile_features(${name} INTERFACE cxx_std_20)
    target_link_libraries(${name} INTERFACE ${room_LINK})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  writ_own_code(${name})
  writ_measured(${name})
  target_link_libraries(${name} PUBLIC ${room_LINK} PRIVATE ${room_HIDDEN})
  target_include_directories(${name} SYSTEM PRIVATE ${room_SYSTEM})
  target_compile_definitions(${name} PUBLIC ${room_DEFINE})
  target_compile_options(${name} PRIVATE ${room_OPTIONS})
  if(room_PRECOMPILE)
    target_precompile_headers(${name} PRIVATE ${room_PRECOMPILE})
  endif()
endfunction()
