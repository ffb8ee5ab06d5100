// Numbers that look random and are the same everywhere for the same seed (splitmix64), so that a failure is one number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace writ::agree {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(next() % n); }
  std::int64_t between(std::int64_t low, std::int64_t high) {  // both ends; low <= high, and not the whole of int64
    const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + next() % span);
  }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <class List>
  const typename List::value_type& pick(const List& list) {  // of a list that is not empty
    return list[below(list.size())];
  }
  std::string pick(std::initializer_list<const char*> list) { return list.begin()[below(list.size())]; }
  template <class T>
  std::vector<T> some(const std::vector<T>& list, int percent) {  // a subset, in order
    std::vector<T> chosen;
    for (const auto& one : list)
      if (chance(percent)) chosen.push_back(one);
    return chosen;
  }
  template <class List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace writ::agree
