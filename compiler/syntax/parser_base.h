// What the generated parser stands on, in place of antlr4::Parser and antlr4::ParserRuleContext themselves.
//
// The text that ANTLR generates calls a dozen functions for each token and each rule: it says `match`, `enterRule`,
// `_input->LA(1)`, `_tracker.createInstance<…>`, `finally`, `getInterpreter<…>()->adaptivePredict`. In the runtime these are
// calls into another library that cast dynamically, lock, and allocate every node by itself. All are names without a
// qualification, which are looked up in the parser's base class first: so here stand others of the same names and the same
// meaning, and nothing of what ANTLR generates is touched. (cmake/WritGrammar.cmake names the two classes to ANTLR.)
//
//   Node         a rule that was entered: its children in a list, with what kind each is, so that `context->name()`
//                compares numbers
//   Leaf         a token in that tree
//   Nodes        all of a declaration's, in blocks, freed at once
//   Predictor    which alternative begins with a token: asked of ANTLR once, and remembered where one token decided
//   ParserBase   the rest, and the depth: a rule entered beyond the limit throws TooDeep
#pragma once

#include "compiler/syntax/lexemes.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#include <antlr4-runtime.h>

namespace writ::syntax {

struct TooDeep {
  const Lexeme* at;
};

class Leaf final : public antlr4::tree::TerminalNode {
 public:
  explicit Leaf(Lexeme* lexeme) : lexeme_(lexeme) {}
  Lexeme* getSymbol() override { return lexeme_; }
  void setParent(antlr4::RuleContext* above) override { parent = above; }
  antlr4::misc::Interval getSourceInterval() override {
    const auto index = static_cast<ssize_t>(lexeme_->getTokenIndex());
    return {index, index};
  }

  // What only ANTLR's own printing and visiting would ask for.
  antlrcpp::Any accept(antlr4::tree::ParseTreeVisitor*) override { return {}; }
  std::string getText() override { return {}; }
  std::string toStringTree(antlr4::Parser*, bool) override { return {}; }
  std::string toStringTree(bool) override { return {}; }
  std::string toString() override { return {}; }

 private:
  Lexeme* lexeme_;
};

class Node : public antlr4::ParserRuleContext {
 public:
  struct Child {
    antlr4::tree::ParseTree* node;
    Child* next;
    std::uint32_t kind;  // the rule's number or the token's type
    bool leaf;
  };

  Node(antlr4::ParserRuleContext* above, std::size_t state) : ParserRuleContext(above, state) {}

  const Child* first_child() const { return first_; }
  void append(Child* child) {
    (last_ == nullptr ? first_ : last_->next) = child;
    last_ = child;
  }

  // What the generated accessors call: `name(1)`, `name()`, `WORD()`.
  // NOLINTBEGIN(readability-identifier-naming): ANTLR's names
  template <class Rule>
  Rule* getRuleContext(std::size_t nth) const {
    for (const auto* at = first_; at != nullptr; at = at->next)
      if (!at->leaf && at->kind == number_of<Rule>() && nth-- == 0) return static_cast<Rule*>(at->node);
    return nullptr;
  }
  template <class Rule>
  std::vector<Rule*> getRuleContexts() const {
    std::vector<Rule*> list;
    for (const auto* at = first_; at != nullptr; at = at->next)
      if (!at->leaf && at->kind == number_of<Rule>()) list.push_back(static_cast<Rule*>(at->node));
    return list;
  }
  antlr4::tree::TerminalNode* getToken(std::size_t type, std::size_t nth) final {
    for (const auto* at = first_; at != nullptr; at = at->next)
      if (at->leaf && at->kind == static_cast<std::uint32_t>(type) && nth-- == 0) return static_cast<Leaf*>(at->node);
    return nullptr;
  }
  std::vector<antlr4::tree::TerminalNode*> getTokens(std::size_t type) final {
    std::vector<antlr4::tree::TerminalNode*> list;
    for (const auto* at = first_; at != nullptr; at = at->next)
      if (at->leaf && at->kind == static_cast<std::uint32_t>(type)) list.push_back(static_cast<Leaf*>(at->node));
    return list;
  }

  // NOLINTEND(readability-identifier-naming)

  Node* made_before = nullptr;  // the list that Nodes keeps

 private:
  template <class Rule>
  static std::size_t number_of() {
    static const std::size_t number = Rule(nullptr, 0).getRuleIndex();
    return number;
  }

  Child *first_ = nullptr, *last_ = nullptr;
};

class Nodes {
 public:
  Nodes() = default;
  ~Nodes() { reset(); }
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;

  template <class Rule>
  Rule* createInstance(  // NOLINT(readability-identifier-naming): ANTLR's name
      antlr4::ParserRuleContext* above, std::size_t state) {
    auto* made = make<Rule>(above, state);
    made->made_before = std::exchange(last_, made);
    return made;
  }
  void append(Node& above, Node& rule) {
    above.append(make<Node::Child>(&rule, nullptr, static_cast<std::uint32_t>(rule.getRuleIndex()), false));
  }
  void append(Node& above, Lexeme* lexeme) {
    auto* leaf = make<Leaf>(lexeme);  // never destroyed: it owns nothing
    leaf->setParent(&above);
    above.append(make<Node::Child>(leaf, nullptr, static_cast<std::uint32_t>(lexeme->getType()), true));
  }
  void reset() {
    // A rule that was broken holds an exception.
    while (last_ != nullptr) std::exchange(last_, last_->made_before)->~Node();
    memory_.release();
  }

 private:
  template <class Made, class... Of>
  Made* make(Of... of) {
    return ::new (memory_.allocate(sizeof(Made), alignof(Made))) Made{of...};
  }

  static constexpr std::size_t first_block = 64u << 10;
  std::unique_ptr<std::byte[]> block_ = std::make_unique_for_overwrite<std::byte[]>(first_block);
  std::pmr::monotonic_buffer_resource memory_{block_.get(), first_block};
  Node* last_ = nullptr;
};

// Where the next token alone decides, its answer is the same at every place of the text: ANTLR decides by the grammar and
// the tokens it looks at (SLL), and it looked at no other. With messages (LL) the rules around matter, too; then it is
// asked each time, as it is where two tokens decide.
class Predictor {
 public:
  // NOLINTBEGIN(readability-identifier-naming): ANTLR's names
  void setPredictionMode(antlr4::atn::PredictionMode mode) {
    remembers_ = mode == antlr4::atn::PredictionMode::SLL;
    antlr_->setPredictionMode(mode);
  }
  std::size_t adaptivePredict(Lexemes* input, std::size_t decision, antlr4::ParserRuleContext* context) {
    const auto type = input->LA(1);
    if (!remembers_ || decision >= decisions || type >= types) return antlr_->adaptivePredict(input, decision, context);
    auto& known = answers()[decision * types + type];
    if (const auto answer = known.load(std::memory_order_relaxed); answer != 0) return answer;
    input->watch();
    const auto answer = antlr_->adaptivePredict(input, decision, context);
    if (!input->moved() && answer <= largest_answer)
      known.store(static_cast<std::uint8_t>(answer), std::memory_order_relaxed);
    return answer;
  }
  // NOLINTEND(readability-identifier-naming)
  void ask(antlr4::atn::ParserATNSimulator* antlr) { antlr_ = antlr; }

 private:
  static constexpr std::size_t decisions = 256, types = 256, largest_answer = 255;
  using Answers = std::array<std::atomic<std::uint8_t>, decisions * types>;
  // One for the process, as ANTLR's own are. Zero: not known.
  static Answers& answers() {
    static Answers all{};
    return all;
  }

  antlr4::atn::ParserATNSimulator* antlr_ = nullptr;
  bool remembers_ = false;
};

class ParserBase : public antlr4::Parser {
 public:
  explicit ParserBase(antlr4::TokenStream* input) : Parser(input), _input(static_cast<Lexemes*>(input)) {}

  // Frees what was parsed and forgets it; the tokens stay where they are.
  void restart() {
    depth_ = 0;
    _tracker.reset();
    _ctx = nullptr;
    getErrorHandler()->reset(this);
  }
  void limit_depth(std::size_t most) { most_ = most; }
  Lexemes& lexemes() const { return *_input; }
  Predictor& predictor() { return *getInterpreter<antlr4::atn::ParserATNSimulator>(); }

  Lexeme* getCurrentToken() final { return _input->LT(1); }
  Lexeme* consume() final {
    auto* lexeme = _input->LT(1);
    _input->consume();
    _tracker.append(context(), lexeme);
    return lexeme;
  }
  std::size_t getState() const final { return state_; }

 protected:
  // ---------------------------------------------------------------- what the generated text calls
  // NOLINTBEGIN(readability-identifier-naming): ANTLR's names

  Lexeme* match(std::size_t type) final {
    auto* lexeme = _input->LT(1);
    if (lexeme->getType() != type) return static_cast<Lexeme*>(_errHandler->recoverInline(this));
    if (type == antlr4::Token::EOF) _matchedEOF = true;
    _errHandler->reportMatch(this);
    return consume();
  }
  void setState(std::size_t state) { state_ = state; }
  using Parser::enterRule;
  void enterRule(Node* entered, std::size_t state, std::size_t) {
    state_ = state;
    _ctx = entered;
    entered->start = _input->LT(1);
    if (entered->parent != nullptr) _tracker.append(*static_cast<Node*>(entered->parent), *entered);
    if (++depth_ > most_) throw TooDeep{_input->LT(1)};
  }
  using Parser::enterOuterAlt;
  void enterOuterAlt(Node*, std::size_t) {}  // no alternative of the grammar has a label, and so a node of its own
  void exitRule() {
    _ctx->stop = _matchedEOF ? _input->LT(1) : _input->LT(-1);
    if (depth_ > 0) --depth_;
    state_ = _ctx->invokingState;
    _ctx = static_cast<Node*>(_ctx->parent);
  }
  template <class Action>
  struct AtEnd {
    Action action;
    explicit AtEnd(Action act) : action(std::move(act)) {}
    ~AtEnd() { action(); }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;
  };
  template <class Action>
  static AtEnd<Action> finally(Action action) {
    return AtEnd<Action>(std::move(action));
  }
  template <class>
  Predictor* getInterpreter() {
    predictor_.ask(static_cast<antlr4::atn::ParserATNSimulator*>(_interpreter));
    return &predictor_;
  }

  Nodes _tracker;
  Lexemes* _input;
  // NOLINTEND(readability-identifier-naming)

 private:
  Node& context() { return *static_cast<Node*>(_ctx); }

  Predictor predictor_;
  std::size_t state_ = antlr4::atn::ATNState::INVALID_STATE_NUMBER, depth_ = 0, most_ = SIZE_MAX;
};

}  // namespace writ::syntax
