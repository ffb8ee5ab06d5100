// Names of a tenant's things to their places. Names in requests are chosen by whoever sends them: where there are many to look through, they are
// found by a hash that a client cannot steer.
#pragma once

#include "runtime/engine/siphash.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace writ::engine {

// Size, first and last eight bytes: what almost any two names differ in, and all there is of one of at most 16 bytes.
struct NameEnds {
  std::uint64_t head = 0, tail = 0, size = 0;

  NameEnds() = default;
  explicit NameEnds(std::string_view name) : size(name.size()) {
    if (size >= 8) {
      std::memcpy(&head, name.data(), 8);
      std::memcpy(&tail, name.data() + size - 8, 8);
    } else if (size != 0) {
      std::memcpy(&head, name.data(), size);
    }
  }
  bool operator==(const NameEnds&) const = default;
  // Of names whose ends are equal, what is between them is all that can differ.
  bool whole() const { return size <= 16; }
};

class Names {
 public:
  void build(const HashKey& key, const std::vector<std::string_view>& names) {
    for (const auto name : names) {
      entries_.push_back({NameEnds(name), text_.size()});
      text_ += name;
    }
    entries_.shrink_to_fit();
    if (names.size() <= looked_through) return;
    std::size_t size = 2;
    while (size < names.size() * 2) size *= 2;
    places_.assign(size, {});
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto hash = keyed_hash(key, names[i]);
      auto at = hash;
      while (places_[at & (size - 1)].index != none) ++at;
      places_[at & (size - 1)] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(i)};
    }
  }

  // The place of `name` among those it was built from; -1 when it is none of them.
  std::int64_t find(const HashKey& key, std::string_view name) const {
    const NameEnds ends(name);
    if (places_.empty()) {
      for (std::size_t i = 0; i < entries_.size(); ++i)
        if (is(entries_[i], ends, name)) return static_cast<std::int64_t>(i);
      return -1;
    }
    const auto hash = keyed_hash(key, name);
    for (auto at = hash;; ++at) {
      const auto place = places_[at & (places_.size() - 1)];
      if (place.index == none) return -1;
      if (place.tag == static_cast<std::uint32_t>(hash >> 32) && is(entries_[place.index], ends, name))
        return place.index;
    }
  }

 private:
  static constexpr std::size_t looked_through = 8;  // so many are compared one by one
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Entry {
    NameEnds ends;
    std::size_t at = 0;  // in text_
  };
  struct Place {
    std::uint32_t tag = 0, index = none;
  };

  bool is(const Entry& entry, const NameEnds& ends, std::string_view name) const {
    return entry.ends == ends &&
           (ends.whole() || std::memcmp(text_.data() + entry.at + 8, name.data() + 8, ends.size - 16) == 0);
  }

  std::vector<Entry> entries_;
  std::string text_;
  std::vector<Place> places_;
};

}  // namespace writ::engine
