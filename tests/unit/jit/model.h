// A shape, its constants and a request's facts as plain values, and what the shape answers by a walk over plain values: the expectation that
// machine code is held against. It shares nothing with the builtins, the row's layout or the frame.
#pragma once

#include "runtime/program/frame.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace writ::test {

using program::Constant;
using program::Node;
using program::NodeId;
using program::NodeType;
using program::Op;
using program::Shape;

using Strings = std::vector<std::string>;
using Plain = std::variant<std::monostate, bool, std::int64_t, std::string, Ip, Strings>;

// Facts of the tests are attributes, whose types are free.
inline constexpr std::uint32_t first_fact = static_cast<std::uint32_t>(builtin_facts.size());

struct Facts {
  std::vector<Plain> values;  // by fact id - first_fact; monostate: absent
  std::int64_t client = -1, connection = -1, organization = -1, client_type = -1, connection_family = -1,
               connection_strategy = -1;
};

// A shape under construction.
class Maker {
 public:
  Maker();
  std::uint32_t add(Op op, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0);
  std::uint32_t both(Op op, const std::vector<std::uint32_t>& arguments);  // and_, or_
  std::uint32_t slot(Constant constant);
  std::uint32_t boolean(bool value) { return add(Op::const_bool, slot(value)); }
  std::uint32_t integer(std::int64_t value) { return add(Op::const_int, slot(value)); }
  std::uint32_t string(std::string value) { return add(Op::const_string, slot(std::move(value))); }
  std::uint32_t ip(const Ip& value) { return add(Op::const_ip, slot(value)); }
  std::uint32_t fact(Op op, std::uint32_t which) { return add(op, first_fact + which); }
  void end_loop(std::uint32_t each, std::uint32_t end) { shape_.nodes[each].c = end; }
  void rule(std::uint32_t node);
  void entry(const std::vector<std::uint32_t>& nodes);  // and the rule that asks for it

  std::shared_ptr<const Shape> shape() const { return std::make_shared<const Shape>(shape_); }
  const std::vector<Constant>& constants() const { return constants_; }
  const Shape& current() const { return shape_; }

 private:
  Shape shape_;
  std::vector<Constant> constants_;
};

struct Answer {
  std::vector<bool> fired, satisfied;
  bool operator==(const Answer&) const = default;
};
Answer expected(const Shape& shape, const std::vector<Constant>& constants, const Facts& facts);

// The facts in a frame, ready to run; the facts, the row and the patterns are kept.
class Bound {
 public:
  Bound(const std::vector<Constant>& constants, Facts facts);
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;
  ~Bound();
  const program::Frame& frame() const { return frame_; }
  using Code = std::function<void(const program::Frame&, const program::Outcome&)>;
  Answer run(const Code& code, const Shape& shape) const;
  Answer run(program::NativeCode code, const Shape& shape) const {
    return run([code](const auto& frame, const auto& outcome) { code(&frame, &outcome); }, shape);
  }

 private:
  Facts facts_;
  program::Row row_;
  std::vector<program::Slot> slots_;
  std::vector<std::uint64_t> present_;
  std::vector<std::unique_ptr<std::vector<program::Text>>> sets_;
  std::vector<std::unique_ptr<re2::RE2>> compiled_;
  std::vector<const re2::RE2*> patterns_;
  program::Frame frame_;
};

}  // namespace writ::test
