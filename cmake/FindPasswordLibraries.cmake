# What judging passwords stands on beside OpenSSL: Argon2::argon2, Crypt::crypt (libxcrypt, for bcrypt) and
# Zxcvbn::zxcvbn. Debian's packages have no CMake files of their own.
include(FindPackageHandleStandardArgs)

set(_password_wanted "")
foreach(_password_one "Argon2 argon2 argon2.h" "Crypt crypt crypt.h" "Zxcvbn zxcvbn zxcvbn.h")
  separate_arguments(_password_one)
  list(GET _password_one 0 _password_name)
  list(GET _password_one 1 _password_file)
  list(GET _password_one 2 _password_header)
  find_path(${_password_name}_INCLUDE_DIR ${_password_header})
  find_library(${_password_name}_LIBRARY ${_password_file})
  mark_as_advanced(${_password_name}_INCLUDE_DIR ${_password_name}_LIBRARY)
  list(APPEND _password_wanted ${_password_name}_LIBRARY ${_password_name}_INCLUDE_DIR)
  if(${_password_name}_LIBRARY AND ${_password_name}_INCLUDE_DIR AND NOT TARGET ${_password_name}::${_password_file})
    add_library(${_password_name}::${_password_file} UNKNOWN IMPORTED)
    set_target_properties(
      ${_password_name}::${_password_file}
      PROPERTIES IMPORTED_LOCATION "${${_password_name}_LIBRARY}"
                 INTERFACE_INCLUDE_DIRECTORIES "${${_password_name}_INCLUDE_DIR}")
  endif()
endforeach()

find_package_handle_standard_args(PasswordLibraries REQUIRED_VARS ${_password_wanted})
