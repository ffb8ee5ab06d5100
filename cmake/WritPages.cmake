# The pages of docs/diagnostics and docs/lints as a C++ source, made in the build tree. This file is both halves: included, it defines
# writ_pages; run as a script (cmake -P), it writes the source.
#
# writ_pages(out): sets `out` to the source that defines writ::cli::pages (cli/pages.h).
function(writ_pages out)
  # README.md is no page of a code or a rule.
  file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/docs/diagnostics/E*.md" "${PROJECT_SOURCE_DIR}/docs/lints/[a-z]*.md")
  set(source "${PROJECT_BINARY_DIR}/generated/pages.cpp")
  add_custom_command(
    OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${PROJECT_SOURCE_DIR}/docs" "-DSOURCE=${source}"
            -P "${PROJECT_SOURCE_DIR}/cmake/WritPages.cmake"
    DEPENDS ${pages} "${PROJECT_SOURCE_DIR}/cmake/WritPages.cmake"
    COMMENT "Embedding the pages of messages and rules"
    VERBATIM)
  set(${out} "${source}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(GLOB codes "${FOLDER}/diagnostics/E*.md")
  file(GLOB rules "${FOLDER}/lints/[a-z]*.md")
  list(SORT codes)
  list(SORT rules)
  set(pages ${codes} ${rules})
  set(names "")
  file(WRITE "${SOURCE}.new" "#include \"cli/pages.h\"\n\n#include <array>\n\nnamespace writ::cli {\n\nnamespace {\n\n")
  foreach(page IN LISTS pages)
    get_filename_component(name "${page}" NAME_WE)
    if(NOT name MATCHES "^[A-Za-z][A-Za-z0-9-]*$")
      message(FATAL_ERROR "${page}: a page is named after its code or rule, as in E0301.md and http-callback.md")
    endif()
    string(REPLACE "-" "_" symbol "${name}")
    # Byte for byte, as hexadecimal: no text of a page can end a literal, and `;` and `[` stay clear of CMake's lists.
    file(READ "${page}" bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    file(APPEND "${SOURCE}.new" "constexpr unsigned char page_${symbol}[] = {${bytes}0};\n")
    list(APPEND names "${name}")
  endforeach()
  list(LENGTH names count)
  file(APPEND "${SOURCE}.new" "\n}  // namespace\n\nstd::span<const Page> pages() {\n"
       "  static const std::array<Page, ${count}> all = {{\n")
  foreach(name IN LISTS names)
    string(REPLACE "-" "_" symbol "${name}")
    file(APPEND "${SOURCE}.new"
         "      {\"${name}\", {reinterpret_cast<const char*>(page_${symbol}), sizeof(page_${symbol}) - 1}},\n")
  endforeach()
  file(APPEND "${SOURCE}.new" "  }};\n  return all;\n}\n\n}  // namespace writ::cli\n")
  file(RENAME "${SOURCE}.new" "${SOURCE}")
endif()
