// How easily a password is guessed: zxcvbn's score, 0 (within a thousand guesses) to 4 (more than ten billion), by the C
// library zxcvbn-c, held under three ceilings that follow from the original's model, and that the library does not know:
//
//   - n UTF-16 units are guessed within 10^n tries: the library counts bytes, and each at more than ten;
//   - a password repeated k times within k times the guesses for one;
//   - a common password within its rank, times the ways to write it in upper case.
//
// docs/breached.md counts how often the score is the original's.
#pragma once

#include "runtime/password/common.h"

#include <span>
#include <string_view>

namespace writ::password {

int score_of(double log10_guesses);

struct Strength {
  int score = 0;
  double log10_guesses = 0;
  double library_log10_guesses = 0;  // what the library says, without the ceilings
};

// `about` are words that an attacker of this person tries first; of a password with a NUL only what stands before it counts.
// `common` may be a list that is not open. Any number of threads at a time.
Strength strength_of(std::string_view password, std::span<const std::string_view> about, const CommonList& common);

}  // namespace writ::password
