// From a failure to a small one: the policy and the request that still show it when nothing more can be taken away, and
// both as a golden.
#pragma once

#include "tests/agree/case.h"

#include <functional>
#include <string>
#include <vector>

namespace writ::agree {

struct Failure {
  std::string text;
  NamedRequest request;
};

// Whether a policy, which may not even check, and a request still fail.
using Still = std::function<bool(const std::string& text, const NamedRequest& request)>;

// The first word of what differs. While a failure shrinks it stays of its kind: else taking everything away would leave
// another one.
std::string kind(const std::string& difference);

// Takes things away while `still` holds, until nothing more goes or `seconds` are over.
Failure shrink(Failure failure, const Still& still, double seconds = 60);

// Texts made from `text` by taking one thing away: a line or a block, the larger first; then a part of a condition.
std::vector<std::string> smaller(const std::string& text);

// A file for tests/golden: the policy, the request, and what the oracle says of it. Where JSON cannot say the request,
// a comment does.
std::string golden(const Failure& failure);

}  // namespace writ::agree
