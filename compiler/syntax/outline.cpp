// See outline.h. A scanner of the five things that can hide a brace: strings, comments, patterns, braces themselves, and text that is no
// policy. tests/unit/syntax holds it against the parser on every golden and example.
#include "compiler/syntax/outline.h"

#include <algorithm>
#include <array>
#include <utility>

namespace writ {

namespace {

enum class Sort : std::uint8_t { word, string, mark, pattern, end, bad };
struct Token {
  Sort sort = Sort::end;
  std::size_t begin = 0, end = 0;
  bool first = false;  // on its line
};

constexpr std::array hard_words =
    std::to_array<std::string_view>({"and", "or", "not", "in", "has", "else", "when", "unless", "on", "any", "all",
                                     "true", "false", "matches", "starts", "ends", "contains", "with"});

// What begins a statement of an organization's block that says more than what the organization is.
constexpr std::array words_of_programs = std::to_array<std::string_view>(
    {"allow", "deny", "require", "report", "let", "obligation", "attributes", "password", "floor", "lockout", "zone",
     "session", "tenant", "client", "connection", "organization", "limit", "lifetimes"});

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {
    if (at == 0 && text.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  // What stands between two tokens is blank or a comment.
  Token next() {
    skip();
    Token token{Sort::end, at_, at_, std::exchange(fresh_line_, false)};
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    const bool after_dot = std::exchange(dot_, c == '.');
    if (std::exchange(pattern_, false) && c == '/') {
      token.sort = to_closing('/') ? Sort::pattern : Sort::bad;
    } else if (c == '"') {
      token.sort = to_closing('"') ? Sort::string : Sort::bad;
    } else if (is_word(c)) {
      while (at_ < text_.size() && is_word(text_[at_])) ++at_;
      token.sort = Sort::word;
      pattern_ = !after_dot && text_.substr(token.begin, at_ - token.begin) == "matches";
    } else {
      ++at_;
      token.sort =
          static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? Sort::bad : Sort::mark;
    }
    token.end = at_;
    return token;
  }

 private:
  void skip() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') fresh_line_ = true;
      if (is_blank(text_[at_])) continue;
      if (!text_.substr(at_).starts_with("//")) return;
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      if (at_ == text_.size()) return;
      if (text_[at_] == '\n') fresh_line_ = true;
    }
  }

  // Past the mark that ends what begins here; false when the line ends first.
  bool to_closing(char mark) {
    for (++at_; at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r'; ++at_) {
      if (text_[at_] == mark) return ++at_, true;
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_, text_.size());
    return false;
  }

  std::string_view text_;
  std::size_t at_;
  bool fresh_line_ = true, pattern_ = false, dot_ = false;
};

class Outliner {
 public:
  explicit Outliner(std::string_view text) : text_(text), scanner_(text) {}

  std::optional<Outline> run() {
    take();
    while (good_ && token_.sort != Sort::end) statement();
    if (!good_) return std::nullopt;
    return std::move(made_);
  }

 private:
  void take() {
    last_end_ = token_.end;
    token_ = scanner_.next();
    good_ = good_ && token_.sort != Sort::bad;
  }
  std::string_view seen() const { return text_.substr(token_.begin, token_.end - token_.begin); }
  bool is(std::string_view what) const { return token_.sort != Sort::string && seen() == what; }

  void statement() {
    const std::size_t begin = token_.begin;
    if (!token_.first) return other();
    if (is("tenant")) {
      take();
      piece(Outline::Kind::tenant, begin, name(), [this] { tenant(); });
    } else if (is("extend")) {
      take();
      good_ = good_ && is("tenant");
      take();
      piece(Outline::Kind::extension, begin, name(), [this] { body(); });
    } else if (is("test") || is("prove")) {
      take();
      good_ = good_ && token_.sort == Sort::string;
      take();
      piece(Outline::Kind::example, begin, {}, [this] { balanced("{", "}"); });
    } else if (is("import")) {
      take();
      auto path = string();
      piece(Outline::Kind::import, begin, std::move(path), [] {});
    } else {
      other();
    }
  }

  template <class Rest>
  void piece(Outline::Kind kind, std::size_t begin, std::string name, const Rest& rest) {
    rest();
    if (good_ && is(";")) take();
    made_.pieces.push_back({kind, std::move(name), begin, last_end_, std::exchange(organizations_, {})});
    // Behind it something else begins: otherwise this was no declaration, but an expression that begins with such a word.
    good_ = good_ && (token_.first || token_.sort == Sort::end);
  }

  void tenant() {
    if (good_ && token_.sort == Sort::string) take();
    if (good_ && is("from")) {
      take();
      name();
      balanced("(", ")");
    }
    if (good_ && is("{")) body();
  }

  // What a tenant has in its braces.
  void body() {
    good_ = good_ && is("{");
    std::size_t depth = 0;
    bool operand = false;  // what stands before leaves something open: here an organization is a fact
    while (good_) {
      if (token_.sort == Sort::end) good_ = false;
      if (depth == 1 && !operand && token_.first && token_.sort == Sort::word && is("organization")) {
        organization();
        continue;
      }
      if (token_.sort == Sort::mark && is("{")) ++depth;
      if (token_.sort == Sort::mark && is("}")) --depth;
      operand = token_.sort == Sort::mark
                    ? !is("{") && !is("}") && !is(")") && !is("]") && !is(";")
                    : token_.sort == Sort::word && std::ranges::find(hard_words, seen()) != hard_words.end();
      take();
      if (depth == 0) return;
    }
  }

  // `organization coke "Coca-Cola" { … }`. What does not look like one is left to `body`, from where this has come to.
  void organization() {
    Outline::Organization made{{}, token_.begin, 0};
    take();
    const auto text = seen();
    const bool quoted = token_.sort == Sort::string;
    if (token_.first || (!quoted && (token_.sort != Sort::word || !is_letter(text.front()) ||
                                     std::ranges::find(hard_words, text) != hard_words.end())))
      return;
    bool plain = !quoted || text.find('\\') == std::string_view::npos;
    made.name = quoted ? text.substr(1, text.size() - 2) : text;
    take();
    if (token_.sort == Sort::string) take();
    if (token_.sort != Sort::mark || !is("{")) return;
    for (std::size_t depth = 0; good_;) {
      if (token_.sort == Sort::end) good_ = false;
      if (token_.sort == Sort::mark && is("{")) ++depth;
      if (token_.sort == Sort::mark && is("}")) --depth;
      if (token_.sort == Sort::pattern ||
          (token_.sort == Sort::word && std::ranges::find(words_of_programs, seen()) != words_of_programs.end()))
        plain = false;
      take();
      if (depth == 0) break;
    }
    if (token_.sort == Sort::mark && is(";")) take();
    made.end = last_end_;
    if (good_ && plain) organizations_.push_back(std::move(made));
  }

  // One token, with all that it opens.
  void other() {
    if (is("}") || is(")") || is("]")) good_ = false;
    if (is("{")) return balanced("{", "}");
    if (is("(")) return balanced("(", ")");
    if (is("[")) return balanced("[", "]");
    take();
  }

  void balanced(std::string_view open, std::string_view close) {
    good_ = good_ && is(open);
    for (std::size_t depth = 0; good_;) {
      if (token_.sort == Sort::end) good_ = false;
      if (token_.sort == Sort::mark && is(open)) ++depth;
      if (token_.sort == Sort::mark && is(close)) --depth;
      take();
      if (depth == 0) return;
    }
  }

  std::string name() {
    if (token_.sort == Sort::string) return string();
    std::string name(seen());
    good_ = good_ && token_.sort == Sort::word && is_letter(name.front()) &&
            std::ranges::find(hard_words, name) == hard_words.end();
    take();
    return name;
  }

  std::string string() {
    const auto inside = seen();
    good_ = good_ && token_.sort == Sort::string && inside.find('\\') == std::string_view::npos;
    std::string value(inside.size() < 2 ? std::string_view() : inside.substr(1, inside.size() - 2));
    take();
    return value;
  }

  std::string_view text_;
  Scanner scanner_;
  Token token_;
  std::size_t last_end_ = 0;
  bool good_ = true;
  std::vector<Outline::Organization> organizations_;
  Outline made_;
};

}  // namespace

std::optional<Outline> outline(std::string_view text) { return Outliner(text).run(); }

std::string without_comments(std::string_view text, std::size_t begin, std::size_t end) {
  std::string made;
  Scanner scanner(text.substr(0, end), begin);
  std::size_t last = begin;
  for (Token token = scanner.next(); token.sort != Sort::end; token = scanner.next()) {
    if (token.begin != last && !made.empty()) made += ' ';
    made += text.substr(token.begin, token.end - token.begin);
    last = token.end;
  }
  return made;
}

std::string_view without_margins(std::string_view text, std::size_t begin, std::size_t end) {
  Scanner scanner(text.substr(0, end), begin);
  Token token = scanner.next();
  const auto first = token.begin;
  auto last = first;
  for (; token.sort != Sort::end; token = scanner.next()) last = token.end;
  return text.substr(first, last - first);
}

}  // namespace writ
