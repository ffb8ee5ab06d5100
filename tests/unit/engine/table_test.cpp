// The table of tenants, beside a map that does the same the plain way.
#include "runtime/engine/table.h"

#include <map>
#include <random>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

using namespace writ::engine;

namespace {

struct Thing : std::enable_shared_from_this<Thing> {
  Thing(std::string name_of_it, int number_of_it) : text(std::move(name_of_it)), number(number_of_it) {}
  ~Thing() { number = -1; }
  std::string text;
  int number;
  std::string_view name() const { return text; }
  bool is(const NameEnds&, std::string_view other) const { return other == text; }
};

std::shared_ptr<const Thing> thing(const std::string& name, int number) {
  return std::make_shared<const Thing>(name, number);
}

}  // namespace

TEST_CASE("what is put, replaced and taken out, in any order, is what a map has") {
  const auto key = random_key();
  Table<Thing> table(key);
  std::map<std::string, int> model;
  std::mt19937 random(20261130);
  for (int step = 0; step < 20'000; ++step) {
    // Ever more names, and by the end few of them left: the places grow, fill with what was taken out, and move.
    const auto name = "n" + std::to_string(random() % 500 + static_cast<unsigned>(step) / 10);
    const bool put = random() % 3 != 0;
    table.change({{name, put ? thing(name, step) : nullptr}});
    put ? void(model[name] = step) : void(model.erase(name));
    REQUIRE(table.size() == model.size());
    const auto other = "n" + std::to_string(random() % 2'600);
    const auto found = table.get(other);
    const auto expected = model.find(other);
    REQUIRE((found ? found->number : -1) == (expected == model.end() ? -1 : expected->second));
  }
  std::map<std::string, int> all;
  for (const auto& one : table.all()) all[one->text] = one->number;
  CHECK(all == model);
  CHECK(table.retired() == 0);
}

TEST_CASE("what is held lives until it is let go, whatever happens to the table") {
  Table<Thing> table(random_key());
  const std::string name = "held";
  table.change({{name, thing(name, 1)}});
  std::weak_ptr<const Thing> first = table.get(name);
  {
    Hold hold;
    const auto* const found = table.find(name, hold);
    REQUIRE(found != nullptr);
    table.change({{name, thing(name, 2)}});
    for (int i = 0; i < 1'000; ++i) {
      const auto other = std::to_string(i);
      table.change({{other, thing(other, i)}});
    }
    table.change({{name, nullptr}});
    CHECK(found->number == 1);
    CHECK(table.retired() == 1);
    CHECK(table.find(name, hold) == nullptr);  // lets go of the first
    table.collect();
  }
  CHECK(first.expired());
  CHECK(table.retired() == 0);
}

TEST_CASE("readers see a thing of that name or none, never one that was freed, while a writer makes the table move") {
  Table<Thing> table(random_key());
  std::atomic<bool> done{false};
  std::atomic<std::size_t> wrong{0}, seen{0};
  std::vector<std::thread> readers;
  for (unsigned reader = 0; reader < 2; ++reader)
    readers.emplace_back([&, reader] {
      std::mt19937 random(reader);
      Hold hold;
      while (!done.load(std::memory_order_relaxed)) {
        const auto name = std::to_string(random() % 64);
        const auto* const found = table.find(name, hold);
        if (found != nullptr) seen.fetch_add(1, std::memory_order_relaxed);
        if (found != nullptr && (found->text != name || found->number < 0))
          wrong.fetch_add(1, std::memory_order_relaxed);
        if (table.look(name, [](const Thing* one) { return one != nullptr && one->number < 0; }))
          wrong.fetch_add(1, std::memory_order_relaxed);
      }
    });
  std::mt19937 random(7);
  // Until the readers have had their turn, however late they were started.
  for (int step = 0; step < 20'000 || (seen < 1'000 && step < 20'000'000); ++step) {
    const auto name = std::to_string(random() % 64 + (step % 2 == 0 ? 0 : static_cast<unsigned>(step % 20'000)));
    table.change({{name, random() % 3 == 0 ? nullptr : thing(name, step)}});
  }
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
  CHECK(seen >= 1'000);
}
