// Which parts of the language a run has met: what it never met, it has not tested.
#pragma once

#include "tests/agree/case.h"

#include <array>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace writ::agree {

struct Coverage {
  std::array<std::size_t, program::op_rows.size()> ops{};
  std::array<std::size_t, std::variant_size_v<tree::ExprNode>> nodes{};
  std::array<std::size_t, static_cast<std::size_t>(tree::CompareOp::contains) + 1> comparisons{};
  std::array<std::size_t, std::variant_size_v<tree::Item>> items{};
  std::array<std::size_t, std::variant_size_v<tree::Declaration>> declarations{};
  std::array<std::size_t, 9> attributes{};   // declared ones by TypeKind; no block of addresses
  std::array<std::size_t, 6> lockouts{};     // per identifier, and ip, ip; within, block, exempt
  std::array<std::size_t, 8> obligations{};  // built in
  std::array<std::size_t, 4> families{};
  std::size_t declared_obligations = 0, alternatives = 0, reports = 0, wide = 0;

  void add(const Case& prepared);
  void add(const Coverage& other);
  std::vector<std::string> missing() const;
};

}  // namespace writ::agree
