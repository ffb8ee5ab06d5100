// Tokens, then recursive descent with a counted depth.
#include "compiler/import/script.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace writ::importing::script {

namespace {

constexpr std::size_t most_bytes = 64u << 10;
constexpr int deepest = 60;

struct Unknown {};

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Token {
  enum class Kind : unsigned char { name, text, number, mark, end } kind = Kind::end;
  std::string text{};
  double number = 0;
};

constexpr std::array<std::string_view, 12> long_marks = {
    "===", "!==", "=>", "==", "!=", "<=", ">=", "&&", "||", "?.", "??", "..."};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next() {
    skip();
    if (at_ >= text_.size()) return {};
    const char c = text_[at_];
    if (starts_name(c)) {
      const auto begin = at_;
      while (at_ < text_.size() && (starts_name(text_[at_]) || is_digit(text_[at_]))) ++at_;
      return {Token::Kind::name, std::string(text_.substr(begin, at_ - begin))};
    }
    if (is_digit(c)) return number();
    if (c == '\'' || c == '"') return string(c);
    for (const auto mark : long_marks)
      if (text_.substr(at_).starts_with(mark)) return at_ += mark.size(), Token{Token::Kind::mark, std::string(mark)};
    if (std::string_view("(){}[];,.:?=!<>+-*/").find(c) == std::string_view::npos) throw Unknown{};
    ++at_;
    return {Token::Kind::mark, std::string(1, c)};
  }

 private:
  void skip() {
    while (at_ < text_.size()) {
      const auto rest = text_.substr(at_);
      if (rest.starts_with("//"))
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (rest.starts_with("/*"))
        at_ = rest.find("*/", 2) == rest.npos ? throw Unknown{} : at_ + rest.find("*/", 2) + 2;
      else if (std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos)
        ++at_;
      else
        return;
    }
  }
  Token number() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) throw Unknown{};
    at_ = static_cast<std::size_t>(end - text_.data());
    if (at_ < text_.size() && starts_name(text_[at_])) throw Unknown{};
    return {Token::Kind::number, {}, value};
  }
  Token string(char quote) {
    Token token{Token::Kind::text};
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      char c = text_[at_];
      if (c == '\n') throw Unknown{};
      if (c == '\\') {
        if (++at_ >= text_.size()) throw Unknown{};
        c = text_[at_];
        if (c == 'n')
          c = '\n';
        else if (std::string_view("\\'\"/").find(c) == std::string_view::npos)
          throw Unknown{};
      }
      token.text += c;
    }
    if (at_ >= text_.size()) throw Unknown{};
    ++at_;
    return token;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) {
    Lexer lexer(text);
    do tokens_.push_back(lexer.next());
    while (tokens_.back().kind != Token::Kind::end);
  }

  std::vector<Statement> program() {
    std::vector<Statement> list;
    // A rule is a function without a name, which is no statement of JavaScript.
    while (now().kind != Token::Kind::end) statement(list);
    return list;
  }

 private:
  struct Deeper {
    explicit Deeper(int& counted) : depth(counted) {
      if (++depth > deepest) throw Unknown{};
    }
    ~Deeper() { --depth; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    int& depth;
  };

  const Token& now() const { return tokens_[at_]; }
  const Token& ahead(std::size_t by) const { return tokens_[std::min(at_ + by, tokens_.size() - 1)]; }
  Token take() {
    auto token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool is(std::string_view mark, std::size_t by = 0) const {
    const auto& token = ahead(by);
    return (token.kind == Token::Kind::mark || token.kind == Token::Kind::name) && token.text == mark;
  }
  bool skip(std::string_view mark) {
    if (!is(mark)) return false;
    take();
    return true;
  }
  void need(std::string_view mark) {
    if (!skip(mark)) throw Unknown{};
  }
  std::string name() {
    if (now().kind != Token::Kind::name) throw Unknown{};
    return take().text;
  }

  // ---------------------------------------------------------------- statements

  void statement(std::vector<Statement>& list) {
    const Deeper deeper(depth_);
    if (skip(";")) return;
    if (skip("{")) return block(list);
    for (const auto* word :
         {"for", "while", "do", "switch", "try", "throw", "class", "import", "break", "continue", "yield", "delete"})
      if (is(word)) throw Unknown{};
    if (is("const") || is("let") || is("var")) return declarations(list);
    if (skip("if")) return branch(list);
    if (is("async") && is("function", 1)) take();
    if (is("function") && ahead(1).kind == Token::Kind::name) {
      take();
      Statement made{Statement::Kind::let, name()};
      made.value.push_back(function());
      list.push_back(std::move(made));
      return;
    }
    Statement made;
    if (skip("return")) made.kind = Statement::Kind::give_back;
    if (!(made.kind == Statement::Kind::give_back && (is(";") || is("}")))) made.value.push_back(expression());
    skip(";");
    list.push_back(std::move(made));
  }
  // Its names are those of the block around it: none is declared twice in a program that runs.
  void block(std::vector<Statement>& list) {
    while (!skip("}")) {
      if (now().kind == Token::Kind::end) throw Unknown{};
      statement(list);
    }
  }
  void declarations(std::vector<Statement>& list) {
    take();
    do {
      Statement made{Statement::Kind::let, name()};
      if (skip("=")) made.value.push_back(expression());
      list.push_back(std::move(made));
    } while (skip(","));
    skip(";");
  }
  void branch(std::vector<Statement>& list) {
    Statement made{Statement::Kind::branch};
    need("(");
    made.value.push_back(expression());
    need(")");
    statement(made.then);
    if (skip("else")) statement(made.otherwise);
    list.push_back(std::move(made));
  }

  // ---------------------------------------------------------------- expressions

  static Expression make(Kind kind, std::string text, std::vector<Expression> parts) {
    Expression made;
    made.kind = kind;
    made.text = std::move(text);
    made.parts = std::move(parts);
    return made;
  }

  Expression expression() {
    const Deeper deeper(depth_);
    skip("await");
    auto left = choice();
    if (skip("=")) {
      auto right = expression();
      return make(Kind::assign, "", {std::move(left), std::move(right)});
    }
    return left;
  }
  Expression choice() {
    auto condition = binary(0);
    if (!skip("?")) return condition;
    auto yes = expression();
    need(":");
    auto no = expression();
    return make(Kind::choice, "", {std::move(condition), std::move(yes), std::move(no)});
  }
  Expression binary(std::size_t level) {
    static const std::vector<std::vector<std::string_view>> levels = {
        {"||", "??"}, {"&&"}, {"===", "!==", "==", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "/"}};
    if (level == levels.size()) return unary();
    const Deeper deeper(depth_);
    auto left = binary(level + 1);
    while (now().kind == Token::Kind::mark && std::ranges::find(levels[level], now().text) != levels[level].end()) {
      auto operation = take().text;
      if (operation == "??") operation = "||";
      auto right = binary(level + 1);
      left = make(Kind::binary, std::move(operation), {std::move(left), std::move(right)});
      if (++length_ > 2'000) throw Unknown{};
    }
    return left;
  }
  Expression unary() {
    const Deeper deeper(depth_);
    if (skip("!")) return make(Kind::negation, "", {unary()});
    if (skip("await")) return unary();
    if (skip("-")) {
      if (now().kind != Token::Kind::number) throw Unknown{};
      Expression made;
      made.kind = Kind::number;
      made.number = -take().number;
      return made;
    }
    auto made = primary();
    for (int links = 0;; ++links) {
      if (links > deepest) throw Unknown{};
      if (is("?.") && (is("(", 1) || is("[", 1))) take();
      if (is(".") || is("?.")) {
        const bool may_lack = take().text == "?.";
        made = make(Kind::member, name(), {std::move(made)});
        made.number = may_lack ? 1 : 0;
      } else if (skip("[")) {
        auto index = expression();
        need("]");
        made = make(Kind::at, "", {std::move(made), std::move(index)});
      } else if (is("("))
        made = make(Kind::call, "", arguments(std::move(made)));
      else
        return made;
    }
  }
  std::vector<Expression> arguments(Expression of) {
    std::vector<Expression> list = {std::move(of)};
    need("(");
    while (!skip(")")) {
      list.push_back(expression());
      if (!is(")")) need(",");
    }
    return list;
  }

  // Whether an arrow function begins here: `(a, b) =>`, `a =>`.
  bool is_arrow() const {
    if (now().kind == Token::Kind::name) return is("=>", 1);
    if (!is("(")) return false;
    std::size_t by = 1;
    while (ahead(by).kind == Token::Kind::name || is(",", by)) ++by;
    return is(")", by) && is("=>", by + 1);
  }
  Expression arrow() {
    Expression made;
    made.kind = Kind::function;
    if (skip("(")) {
      while (!skip(")"))
        if (!skip(",")) made.keys.push_back(name());
    } else {
      made.keys.push_back(name());
    }
    need("=>");
    if (skip("{")) {
      block(made.body);
    } else {
      Statement given{Statement::Kind::give_back};
      given.value.push_back(expression());
      made.body.push_back(std::move(given));
    }
    return made;
  }
  Expression function() {
    Expression made;
    made.kind = Kind::function;
    need("(");
    while (!skip(")"))
      if (!skip(",")) made.keys.push_back(name());
    need("{");
    block(made.body);
    return made;
  }

  Expression primary() {
    Expression made;
    if (is("async") && !is("=>", 1)) take();
    if (is_arrow()) return arrow();
    if (skip("function")) {
      if (now().kind == Token::Kind::name) take();
      return function();
    }
    if (skip("new")) {
      auto of = make(Kind::name, name(), {});
      if (!is("(")) throw Unknown{};
      return make(Kind::create, "", arguments(std::move(of)));
    }
    if (skip("(")) {
      made = expression();
      need(")");
      return made;
    }
    if (skip("[")) {
      made.kind = Kind::list;
      while (!skip("]")) {
        made.parts.push_back(expression());
        if (!is("]")) need(",");
      }
      return made;
    }
    if (skip("{")) {
      made.kind = Kind::object;
      while (!skip("}")) {
        if (now().kind != Token::Kind::name && now().kind != Token::Kind::text) throw Unknown{};
        made.keys.push_back(take().text);
        need(":");
        made.parts.push_back(expression());
        if (!is("}")) need(",");
      }
      return made;
    }
    const auto token = take();
    if (token.kind == Token::Kind::text) return make(Kind::text, token.text, {});
    if (token.kind == Token::Kind::number) {
      made.kind = Kind::number;
      made.number = token.number;
      return made;
    }
    if (token.kind != Token::Kind::name) throw Unknown{};
    if (token.text == "null" || token.text == "undefined") return made;
    if (token.text == "true" || token.text == "false") {
      made.kind = Kind::boolean;
      made.number = token.text == "true" ? 1 : 0;
      return made;
    }
    return make(Kind::name, token.text, {});
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0, length_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<std::vector<Statement>> read(std::string_view text) {
  if (text.size() > most_bytes) return std::nullopt;
  try {
    return Parser(text).program();
  } catch (const Unknown&) {
    return std::nullopt;
  }
}

std::string without_strings(std::string_view text) {
  std::string made;
  char before = '(';  // the last character that is no space: `/` behind an operator begins a pattern
  const auto show = [&](std::string_view shown) {
    made += shown;
    before = ')';
  };
  std::size_t word = 0;  // where the word began that is being written
  const auto end_word = [&] {
    constexpr std::size_t long_word = 24;
    const auto length = made.size() - word;
    if (length >= long_word && std::any_of(made.begin() + static_cast<std::ptrdiff_t>(word), made.end(), is_digit))
      made.replace(word, length, "\u2026");
    word = made.size();
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const auto rest = text.substr(at);
    if (starts_name(c) || is_digit(c)) {
      made += before = c;
      ++at;
      continue;
    }
    end_word();
    if (rest.starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (rest.starts_with("/*")) {
      const auto end = rest.find("*/", 2);
      at = end == rest.npos ? text.size() : at + end + 2;
    } else if (c == '\'' || c == '"' || c == '`' ||
               (c == '/' && std::string_view("(,=:[!&|?{};+>").find(before) != std::string_view::npos)) {
      for (++at; at < text.size() && text[at] != c; ++at)
        if (text[at] == '\\') ++at;
      at = std::min(at + 1, text.size());
      show(c == '/' ? "/\u2026/" : "'\u2026'");
    } else {
      made += c;
      if (std::string_view(" \t\r\n").find(c) == std::string_view::npos) before = c;
      ++at;
    }
    word = made.size();
  }
  end_word();
  return made;
}

}  // namespace writ::importing::script
