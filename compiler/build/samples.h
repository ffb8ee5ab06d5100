// Some of a policy's tests as questions that its bundle carries: all of them when they are few, else as many, evenly from all files. Which ones
// depends on the text alone.
#pragma once

#include "compiler/load/apart.h"
#include "runtime/bundle/samples.h"

#include <string>
#include <vector>

namespace writ {

inline constexpr std::size_t sampled_tests = 64;

// Empty where there are no tests, or none that can be carried: those of passwords want lists, and snapshots are in a file of their own. `wrong` says
// of tests that were chosen why they are not carried: they do not check, or do not pass. What was chosen counts as text of `side` afterwards.
std::vector<bundle::Sample> samples_of(const std::string& path, const load_detail::Files& files,
                                       load_detail::Apart& side, const Limits& limits, std::string& wrong);

}  // namespace writ
