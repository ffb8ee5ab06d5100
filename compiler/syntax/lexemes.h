// The words and marks of one file, as the parser sees them. ANTLR's own token is five times as large, each is allocated by
// itself, and its place counts code points; ours lie in one vector and know their bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <antlr4-runtime.h>

namespace writ::syntax {

// Places are offsets of bytes in the whole file. The end of the file is a token, too, of no bytes.
class Lexeme final : public antlr4::Token {
 public:
  Lexeme(std::size_t type, std::uint32_t index, std::uint32_t begin, std::uint32_t end)
      : type_(static_cast<std::int32_t>(type)), index_(index), begin_(begin), end_(end) {}

  std::uint32_t begin() const { return begin_; }
  std::uint32_t end() const { return end_; }
  std::size_t getType() const override { return static_cast<std::size_t>(type_); }
  std::size_t getTokenIndex() const override { return index_; }
  std::size_t getStartIndex() const override { return begin_; }
  std::size_t getStopIndex() const override { return end_ == begin_ ? begin_ : end_ - 1; }
  std::size_t getChannel() const override { return antlr4::Token::DEFAULT_CHANNEL; }

  // What only ANTLR's own messages would ask for.
  std::string getText() const override { return {}; }
  std::size_t getLine() const override { return 0; }
  std::size_t getCharPositionInLine() const override { return 0; }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }

 private:
  std::int32_t type_;  // -1, as ANTLR has it, at the end of the file
  std::uint32_t index_, begin_, end_;
};

// All of them, the end of the file last, and where the parser is. Looking and moving beyond either end is allowed: before the
// first is nothing, behind the last is the last.
class Lexemes final : public antlr4::TokenStream {
 public:
  explicit Lexemes(std::vector<Lexeme> list) : list_(std::move(list)) {}

  Lexeme* LT(ssize_t k) override {
    if (k > 0) return &list_[std::min(at_ + static_cast<std::size_t>(k) - 1, list_.size() - 1)];
    const auto back = static_cast<std::size_t>(-k);
    return k == 0 || back > at_ ? nullptr : &list_[at_ - back];
  }
  std::size_t LA(ssize_t k) override {
    const auto* token = LT(k);
    return token == nullptr ? antlr4::Token::INVALID_TYPE : token->getType();
  }
  void consume() override {
    moved_ = true;
    if (at_ + 1 < list_.size()) ++at_;
  }
  // Whether a token was passed since.
  void watch() { moved_ = false; }
  bool moved() const { return moved_; }

  Lexeme* get(std::size_t index) const override { return const_cast<Lexeme*>(&list_.at(index)); }
  std::size_t index() override { return at_; }
  void seek(std::size_t index) override { at_ = std::min(index, list_.size() - 1); }
  std::size_t size() override { return list_.size(); }
  ssize_t mark() override { return 0; }  // everything is kept, so there is nothing to hold on to
  void release(ssize_t) override {}

  // What only ANTLR's own messages would ask for.
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  std::vector<Lexeme> list_;
  std::size_t at_ = 0;
  bool moved_ = false;
};

}  // namespace writ::syntax
