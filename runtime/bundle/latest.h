// Which version of a channel is the latest, and in which files it is: a small signed text that changes, beside files that never do. Whoever follows
// a channel reads this again and again, and each of the others once.
//
//     writ latest 1
//     channel production
//     version 43
//     root 5d0c…
//     bundle 5d0c….writb 174000000
//     delta 77aa… 77aa…-5d0c….writd 384
//     sign 9f31… 8a77…
//
// A delta names the root that it is laid over. What is read is judged as a bundle is, whatever this said: it saves fetching what nobody signed.
#pragma once

#include "runtime/bundle/trust.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::bundle {

struct Latest {
  struct File {
    std::string name;
    std::uint64_t size = 0;
  };
  struct Step {
    Digest base{};
    File delta;
  };
  std::string channel;
  std::uint64_t version = 0;
  Digest root{};
  File bundle;
  std::vector<Step> steps;
  std::vector<Signature> signatures;
  std::string message() const;  // what is signed
};
inline constexpr std::size_t max_latest = 64u << 10;  // bytes
inline constexpr std::size_t max_steps = 64;
std::string to_text(const Latest& latest);
Problem read_latest(std::string_view text, Latest& latest);
// Signed by enough keys that speak for all tenants, and of the channel that is trusted.
Problem judge(const Latest& latest, const Trust& trust);

}  // namespace writ::bundle
