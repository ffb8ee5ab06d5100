# The lexer and parser that ANTLR writes: generated into the build tree (or taken from WRIT_GRAMMAR_DIR), compiled with
# every warning off because none of it is ours, and seen as system headers by compiler/syntax.
#
# Options: -fno-char8_t because the runtime's headers (4.9) do not compile under C++20 without it.
include_guard(GLOBAL)

function(writ_grammar name folder)
  file(GLOB rules CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.g4")
  set(lexer "${PROJECT_SOURCE_DIR}/${folder}/WritLexer.g4")
  set(parser "${PROJECT_SOURCE_DIR}/${folder}/WritParser.g4")
  if(WRIT_GRAMMAR_DIR)
    set(generated "${WRIT_GRAMMAR_DIR}")
  elseif(lexer IN_LIST rules AND parser IN_LIST rules)
    find_program(WRIT_ANTLR antlr4 REQUIRED DOC "ANTLR's tool; or set WRIT_GRAMMAR_DIR")
    set(generated "${PROJECT_BINARY_DIR}/grammar")
    set(antlr "${WRIT_ANTLR}" -Dlanguage=Cpp -no-listener -no-visitor -package writ_grammar -encoding utf-8 -Werror
              -Xexact-output-dir -o "${generated}" -lib "${generated}")
    file(MAKE_DIRECTORY "${generated}")
    add_custom_command(
      OUTPUT "${generated}/WritLexer.cpp" "${generated}/WritLexer.h" "${generated}/WritLexer.tokens"
      COMMAND ${antlr} "${lexer}" DEPENDS "${lexer}" WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}"
      COMMENT "Generating the lexer" VERBATIM)
    add_custom_command(
      OUTPUT "${generated}/WritParser.cpp" "${generated}/WritParser.h"
      COMMAND ${antlr} -DsuperClass=writ::syntax::ParserBase -DcontextSuperClass=writ::syntax::Node "${parser}" DEPENDS "${parser}" "${generated}/WritLexer.tokens"
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}" COMMENT "Generating the parser" VERBATIM)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE Antlr4::runtime)
    add_custom_target(${name}_sources)
    return()
  endif()

  add_library(${name} STATIC "${generated}/WritLexer.cpp" "${generated}/WritParser.cpp" "${generated}/WritLexer.h"
                             "${generated}/WritParser.h")
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_compile_options(${name} PRIVATE -w -fno-char8_t)
  # The parser stands on classes of ours, which its header does not include.
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  set_source_files_properties("${generated}/WritParser.cpp" PROPERTIES COMPILE_OPTIONS
                              "-include;${PROJECT_SOURCE_DIR}/compiler/syntax/parser_base.h")
  target_include_directories(${name} SYSTEM INTERFACE $<BUILD_INTERFACE:${generated}>)
  target_link_libraries(${name} PUBLIC Antlr4::runtime)
  set_target_properties(${name} PROPERTIES CXX_CLANG_TIDY "")
  # The sources alone, for tools that read and do not link.
  add_custom_target(${name}_sources DEPENDS "${generated}/WritLexer.h" "${generated}/WritParser.h")
  add_dependencies(${name} ${name}_sources)
endfunction()
