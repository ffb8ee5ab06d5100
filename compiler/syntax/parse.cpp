// Text to tree. The only public entry here is parse(); what it does, in order:
//
//   scan        bytes that no policy may hold (scan.h), sizes
//   tokens      all of them, comments put aside, counted as they come
//   header      `writ 1`
//   for each declaration
//     parse     first quickly (SLL prediction, no recovery), again with messages if that failed
//     build     our tree of it; then ANTLR's is freed, so a file of many tenants needs the memory of one
//
// Depth. A recursive parser is as deep as its input, and ANTLR crashes at some six thousand parentheses. So every rule
// that is entered is counted (parser_base.h), and beyond the limit the declaration is given up with one message. One
// level of nesting in the text enters at most `rules_per_level` rules: expression, comparison, sum, fallback, primary
// for a parenthesis; a few more stand around the outermost one. Builder, checker and printer recurse no deeper.
//
// ANTLR's exceptions are RecognitionExceptions, handled by the strategies of recovery.h, and our own Abandoned, TooDeep
// and Spent, caught here. Nothing else is thrown on any input short of memory running out.
#include "compiler/syntax/build.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/recovery.h"
#include "compiler/syntax/scan.h"
#include "compiler/syntax/syntax.h"
#include "compiler/syntax/wording.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

namespace writ {

namespace {

using namespace syntax;

constexpr std::size_t rules_per_level = 5;
constexpr std::size_t rules_around = 24;

// A file while it is parsed.
struct File {
  const SourceMap& map;
  const Limits& limits;
  Diagnostics& diagnostics;
  tree::Tree& tree;
};

// The tokens the parser sees; comments go into the tree. Nothing when there are too many.
std::optional<std::vector<Lexeme>> read_tokens(const File& file) {
  constexpr std::size_t bytes_a_token = 4;  // fewer are rare
  std::vector<Lexeme> tokens;
  tokens.reserve(file.map.body().size() / bytes_a_token + 1);
  Lexer lexer(file.map);
  for (std::size_t count = 0;; ++count) {
    const auto [type, begin, end] = lexer.next();
    const Span place{file.map.file(), begin, end};
    if (count > file.limits.tokens) {
      file.diagnostics.add(Code::too_many_tokens, place, "too many words in one file")
          .hint(fmt::format("a file has at most {} words and marks; split it and use `import`", file.limits.tokens));
      return std::nullopt;
    }
    if (type == P::COMMENT) {
      auto text = file.map.text(place);
      while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
      file.tree.comments.push_back({std::string(text), place, file.map.first_on_line(place.begin)});
      continue;
    }
    tokens.emplace_back(type, static_cast<std::uint32_t>(tokens.size()), begin, end);
    if (type == antlr4::Token::EOF) return tokens;
  }
}

// A wrong header is one mistake: the rest of its line, or of the statement that stands in its place, is passed over.
void read_header(const File& file, P& parser, const std::shared_ptr<Recovery>& recovery) {
  auto& tokens = *parser.getTokenStream();
  const auto& first = *tokens.LT(1);
  const auto place = span_of(file.map, first);
  if (first.getType() != P::WRIT) {
    file.diagnostics.add(Code::missing_version, place, "a file begins with the version of the language")
        .hint("write `writ 1` on the first line");
    if (first.getType() != antlr4::Token::EOF && !begins_declaration(first.getType())) recovery->resume(parser, true);
    return;
  }
  file.tree.header = place;
  tokens.consume();
  const auto& version = *tokens.LT(1);
  const bool number = version.getType() == P::INTEGER;
  if (!number)
    file.diagnostics.add(Code::missing_version, place, "`writ` is followed by the version of the language")
        .hint("write `writ 1`");
  else if (text_of(file.map, version) != "1")
    file.diagnostics
        .add(Code::unsupported_version, span_of(file.map, version),
             fmt::format("version {} of the language is not known here", seen(file.map, version)))
        .hint("write `writ 1`");
  if (number) file.tree.header.end = span_of(file.map, version).end;
  const auto line = file.map.line(place.begin);
  const auto beside = [&](const antlr4::Token& token) {
    return token.getType() != antlr4::Token::EOF && file.map.line(span_of(file.map, token).begin) == line;
  };
  if (number || (beside(version) && !begins_declaration(version.getType()))) tokens.consume();
}

void report_depth(const File& file, const TooDeep& deep) {
  file.diagnostics.add(Code::nesting_too_deep, span_of(file.map, *deep.at), "this is nested too deep")
      .hint(fmt::format("at most about {} within one another; name a part with `let`", file.limits.nesting));
}

// A block that was never opened: of a statement in the declaration that was just built, or of the declaration itself, when what
// stands at the top of the file now belongs into it.
void judge_blocks(const File& file, antlr4::TokenStream& tokens, Builder& builder, Recovery& recovery,
                  std::size_t start) {
  if (const auto unopened = builder.take_unopened()) recovery.report_unopened(tokens, *unopened, *tokens.get(start));
  const auto& bare = builder.without_block();
  const auto& token = *tokens.LT(1);
  if (!bare || recovery.owes(tokens) || begins_declaration(token.getType())) return;
  const auto place = span_of(file.map, token);
  const bool inside = may_stand(file.map.text(place), bare->block) && file.map.first_on_line(place.begin);
  if (!inside && token.getType() != P::RBRACE) return;
  recovery.report_unopened(tokens, {bare->block, bare->head, inside ? place : Span{}}, *tokens.get(bare->token));
}

void report_declarations(const File& file, Span place) {
  file.diagnostics.add(Code::too_many_things, place, fmt::format("more than {} declarations", file.limits.declarations))
      .hint("divide the file: a folder of files is one policy set");
}

// One declaration, or what stands where one should.
void read_declaration(const File& file, P& parser, Builder& builder, const std::shared_ptr<Abandon>& abandon,
                      const std::shared_ptr<Recovery>& recovery) {
  auto& tokens = *parser.getTokenStream();
  auto& prediction = parser.predictor();
  const auto start = tokens.index();
  parser.restart();
  if (!begins_declaration(tokens.LA(1))) {
    parser.setErrorHandler(recovery);
    return recovery->resume(parser, recovery->owes(tokens));
  }
  recovery->owes(tokens);  // a declaration as far left ends what was owed
  builder.begin();
  try {
    try {
      parser.setErrorHandler(abandon);
      prediction.setPredictionMode(antlr4::atn::PredictionMode::SLL);
      return builder.declaration(parser.declaration());
    } catch (const Abandoned&) {
      tokens.seek(start);
      parser.restart();
      parser.setErrorHandler(recovery);
      prediction.setPredictionMode(antlr4::atn::PredictionMode::LL);
      return builder.declaration(parser.declaration());
    }
  } catch (const TooDeep& deep) {
    report_depth(file, deep);
    tokens.seek(start);
    parser.restart();
    recovery->resume(parser, true);
  }
}

void read_file(const File& file) {
  auto tokens = read_tokens(file);
  if (!tokens) return;
  Lexemes stream(std::move(*tokens));
  P parser(&stream);
  parser.limit_depth(file.limits.nesting * rules_per_level + rules_around);
  parser.removeErrorListeners();
  const auto abandon = std::make_shared<Abandon>();
  const auto recovery = std::make_shared<Recovery>(file.map, file.limits.reported_errors, file.diagnostics);
  Builder builder(file.map, file.limits, file.diagnostics, file.tree, *recovery);
  try {
    read_header(file, parser, recovery);
    for (std::size_t count = 0; stream.LA(1) != antlr4::Token::EOF; ++count) {
      if (count >= file.limits.declarations) return report_declarations(file, span_of(file.map, *stream.LT(1)));
      const auto start = stream.index();
      read_declaration(file, parser, builder, abandon, recovery);
      judge_blocks(file, stream, builder, *recovery, start);
    }
  } catch (const Spent&) {
    file.diagnostics
        .add(Code::unexpected_text, span_of(file.map, *stream.LT(1)), "this file has more mistakes than anybody reads")
        .hint(fmt::format(
            "it is not read on behind the first {}: mend those; one missing brace or quote may be behind many",
            file.limits.reported_errors));
  }
}

}  // namespace

tree::Tree parse(const SourceSet& sources, FileId id, const Limits& limits, Diagnostics& diagnostics) {
  tree::Tree made;
  made.file = id;
  const auto bytes = sources.text(id);
  if (bytes.size() > limits.file_bytes) {
    diagnostics.add(Code::file_too_large, {id, 0, 0}, fmt::format("a file of {} bytes", bytes.size()))
        .hint(fmt::format("a file has at most {} bytes; split it and use `import`", limits.file_bytes));
    return made;
  }
  if (!scan(id, bytes, diagnostics)) return made;
  const SourceMap map(id, bytes);
  made.line_starts = map.line_starts();
  read_file({map, limits, diagnostics, made});
  made.declarations.shrink_to_fit();
  made.expressions.shrink_to_fit();
  return made;
}

}  // namespace writ
