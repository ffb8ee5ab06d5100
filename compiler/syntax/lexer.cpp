// ANTLR's simulator of a lexer learns an automaton from the grammar while it reads, and takes two locks for each character
// to look into what it has learnt. Here the automaton is the same, made by the same simulator, and kept as plain tables: a
// character is one look at an array, without a lock, on any number of threads. Only an edge that nobody has walked before
// is asked for, under one; a process reads its first kilobytes at that price and the rest at the other.
//
// The grammar never tells characters beyond ASCII apart (tests/unit/syntax holds it to that), so they are one column of the
// tables, and the text is read as the bytes it is: at the first byte of a character the edge is taken, the others are passed.
#include "compiler/syntax/lexer.h"

#include "WritLexer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <antlr4-runtime.h>

namespace writ::syntax {

namespace {

namespace atn = antlr4::atn;
using antlr4::dfa::DFAState;

constexpr std::size_t beyond_ascii = 0x80;

struct State {
  std::array<std::atomic<const State*>, beyond_ascii + 1> next{};  // null: not known yet
  // What is found when the text ends here.
  bool accepts = false, skipped = false, leaves_mode = false;
  std::size_t type = 0;
  std::optional<std::size_t> enters_mode;
  DFAState* learnt = nullptr;
};

// No token goes on like this.
const State dead;

// ANTLR's simulator, of which only the making of states is used: it needs neither a lexer nor characters for that.
class Simulator : public atn::LexerATNSimulator {
 public:
  Simulator(const atn::ATN& rules, std::vector<antlr4::dfa::DFA>& automata, atn::PredictionContextCache& cache)
      : LexerATNSimulator(rules, automata, cache) {}
  DFAState* begin(std::size_t mode) {
    _mode = mode;
    return addDFAState(computeStartState(nullptr, atn.modeToStartState[mode]).release());
  }
  // Null when no token goes on like this.
  DFAState* follow(std::size_t mode, DFAState* from, std::size_t character) {
    _mode = mode;
    auto* target = computeTargetState(nullptr, from, character);
    return target == ERROR.get() ? nullptr : target;
  }
};

// All that was learnt. It grows to the size of the grammar's automaton and no further.
class Automaton {
 public:
  Automaton() : rules_(writ_grammar::WritLexer(nullptr).getATN()), simulator_(rules_, automata_, contexts_) {
    for (std::size_t mode = 0; mode < rules_.modeToStartState.size(); ++mode)
      automata_.emplace_back(rules_.getDecisionState(mode), mode);
    states_.resize(automata_.size());
    for (std::size_t mode = 0; mode < automata_.size(); ++mode)
      begins_.push_back(state_of(mode, simulator_.begin(mode)));
  }

  const State& begin(std::size_t mode) const { return *begins_[mode]; }
  const State& follow(std::size_t mode, const State& from, std::size_t column) {
    const std::scoped_lock lock(learning_);
    auto* target = simulator_.follow(mode, from.learnt, column);
    const auto* made = target == nullptr ? &dead : state_of(mode, target);
    states_[mode].at(from.learnt)->next[column].store(made, std::memory_order_release);
    return *made;
  }

 private:
  State* state_of(std::size_t mode, DFAState* learnt) {
    auto& made = states_[mode][learnt];
    if (made != nullptr) return made.get();
    made = std::make_unique<State>();
    made->learnt = learnt;
    made->accepts = learnt->isAcceptState;
    made->type = learnt->prediction;
    if (!made->accepts || learnt->lexerActionExecutor == nullptr) return made.get();
    for (const auto& action : learnt->lexerActionExecutor->getLexerActions()) apply(*action, *made);
    return made.get();
  }

  // The grammar's `->` commands. A channel is that of comments, which are known by their type.
  static void apply(const atn::LexerAction& action, State& state) {
    switch (action.getActionType()) {
    case atn::LexerActionType::SKIP: state.skipped = true; break;
    case atn::LexerActionType::POP_MODE: state.leaves_mode = true; break;
    case atn::LexerActionType::PUSH_MODE:
      state.enters_mode = dynamic_cast<const atn::LexerPushModeAction&>(action).getMode();
      break;
    case atn::LexerActionType::TYPE: state.type = dynamic_cast<const atn::LexerTypeAction&>(action).getType(); break;
    default: break;
    }
  }

  const atn::ATN& rules_;
  std::vector<antlr4::dfa::DFA> automata_;  // one a mode
  atn::PredictionContextCache contexts_;
  Simulator simulator_;
  std::vector<std::unordered_map<DFAState*, std::unique_ptr<State>>> states_;
  std::vector<const State*> begins_;
  std::mutex learning_;
};

// One for the process: what one file taught is known to the next ones, on all threads.
Automaton& automaton() {
  static Automaton only;
  return only;
}

std::size_t bytes_of(unsigned char first) { return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4; }

}  // namespace

Lexer::Lexer(const SourceMap& map)
    : bytes_(map.bytes()), at_(map.bytes().size() - map.body().size()), modes_{antlr4::Lexer::DEFAULT_MODE} {}

Lexer::Found Lexer::next() {
  while (at_ < bytes_.size()) {
    const auto mode = modes_.back();
    const auto* state = &automaton().begin(mode);
    const State* found = nullptr;
    auto end = at_;
    for (auto i = at_; i < bytes_.size();) {
      const auto byte = static_cast<unsigned char>(bytes_[i]);
      const auto column = std::min<std::size_t>(byte, beyond_ascii);
      const auto* next = state->next[column].load(std::memory_order_acquire);
      if (next == nullptr) next = &automaton().follow(mode, *state, column);
      if (next == &dead) break;
      i = std::min(i + bytes_of(byte), bytes_.size());
      state = next;
      if (state->accepts) found = state, end = i;
    }
    // Some rule takes any character, so something is always found.
    const Found token{found == nullptr ? std::size_t{writ_grammar::WritLexer::WRONG} : found->type,
                      static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(std::max(end, at_ + 1))};
    at_ = token.end;
    if (found == nullptr) return token;
    if (found->leaves_mode && modes_.size() > 1) modes_.pop_back();
    if (found->enters_mode) modes_.push_back(*found->enters_mode);
    if (!found->skipped) return token;
  }
  const auto end = static_cast<std::uint32_t>(bytes_.size());
  return {antlr4::Token::EOF, end, end};
}

}  // namespace writ::syntax
