# A text file as a C++ source, made in the build tree. This file is both halves: included, it defines writ_embed; run as a
# script (cmake -P), it writes the source.
#
# writ_embed(out file header function): sets `out` to the source that defines std::string_view `function`(), which `header`
# declares and which may have a namespace before it.
function(writ_embed out file header function)
  string(MAKE_C_IDENTIFIER "${file}" name)
  set(source "${PROJECT_BINARY_DIR}/generated/${name}.cpp")
  add_custom_command(
    OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DFILE=${PROJECT_SOURCE_DIR}/${file}" "-DSOURCE=${source}" "-DHEADER=${header}"
            "-DFUNCTION=${function}" -P "${PROJECT_SOURCE_DIR}/cmake/WritEmbed.cmake"
    DEPENDS "${PROJECT_SOURCE_DIR}/${file}" "${PROJECT_SOURCE_DIR}/cmake/WritEmbed.cmake"
    COMMENT "Embedding ${file}"
    VERBATIM)
  set(${out} "${source}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  # Byte for byte, as hexadecimal: no text can end a literal, and `;` and `[` stay clear of CMake's lists.
  file(READ "${FILE}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  file(WRITE "${SOURCE}.new"
       "#include \"${HEADER}\"\n\nnamespace {\nconstexpr unsigned char bytes[] = {${bytes}0};\n}\n\n"
       "std::string_view ${FUNCTION}() { return {reinterpret_cast<const char*>(bytes), sizeof(bytes) - 1}; }\n")
  file(RENAME "${SOURCE}.new" "${SOURCE}")
endif()
