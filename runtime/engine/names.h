// Names of a tenant's things to their places. Names in requests are chosen by whoever sends them: where there are many to look through, they are
// found by a hash that a client cannot steer.
#pragma once

#include "runtime/engine/block.h"
#include "runtime/engine/siphash.h"
#include "runtime/program/text_words.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace writ::engine {

// Size, first and last eight bytes: what almost any two names differ in, and all there is of one of at most 16 bytes.
struct NameEnds {
  std::uint64_t head = 0, tail = 0;
  std::uint32_t size = 0;
  std::uint32_t reserved = 0;

  NameEnds() = default;
  explicit NameEnds(std::string_view name) : size(static_cast<std::uint32_t>(name.size())) {
    if (size >= 8) {
      head = word_at<std::uint64_t>(name.data());
      tail = word_at<std::uint64_t>(name.data() + size - 8);
    } else {
      head = short_word(name);
    }
  }
  bool operator==(const NameEnds&) const = default;
  // Of names whose ends are equal, what is between them is all that can differ.
  bool whole() const { return size <= 16; }
};

// The names of one kind of thing, in a block.
class Names {
 public:
  // Of short names only the ends are kept, unless they are to be `read` back.
  void build(const HashKey& key, std::span<const std::string_view> names, BlockBuilder& block, bool read = false) {
    std::vector<Entry> entries;
    for (const auto name : names) {
      const NameEnds ends(name);
      entries.push_back({ends, read || !ends.whole() ? block.text(name) : Letters()});
    }
    entries_ = block.list(std::span<const Entry>(entries));
    if (names.size() <= looked_through) return;
    std::size_t size = 2;
    while (size < names.size() * 2) size *= 2;
    std::vector<Place> places(size);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto hash = keyed_hash(key, names[i]);
      auto at = hash;
      while (places[at & (size - 1)].index != none) ++at;
      places[at & (size - 1)] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(i)};
    }
    places_ = block.list(std::span<const Place>(places));
  }

  // The place of `name` among those it was built from; -1 when it is none of them.
  std::int64_t find(const Block& block, const HashKey& key, std::string_view name) const {
    const NameEnds ends(name);
    const auto entries = block[entries_];
    if (places_.size == 0) {
      for (std::size_t i = 0; i < entries.size(); ++i)
        if (is(block, entries[i], ends, name)) return static_cast<std::int64_t>(i);
      return -1;
    }
    const auto places = block[places_];
    const auto hash = keyed_hash(key, name);
    for (auto at = hash;; ++at) {
      const auto place = places[at & (places.size() - 1)];
      if (place.index == none) return -1;
      if (place.tag == static_cast<std::uint32_t>(hash >> 32) && is(block, entries[place.index], ends, name))
        return place.index;
    }
  }

  // Of those that were built to be read.
  std::string_view operator()(const Block& block, std::size_t place) const {
    return block[block[entries_][place].text];
  }

 private:
  static constexpr std::size_t looked_through = 8;  // so many are compared one by one
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Entry {
    NameEnds ends;
    Letters text;
  };
  struct Place {
    std::uint32_t tag = 0, index = none;
  };

  static bool is(const Block& block, const Entry& entry, const NameEnds& ends, std::string_view name) {
    return entry.ends == ends &&
           (ends.whole() || std::memcmp(block[entry.text].data() + 8, name.data() + 8, name.size() - 16) == 0);
  }

  List<Entry> entries_;
  List<Place> places_;
};

}  // namespace writ::engine
