// Programs from outside: a shape as text, a NUL, the bytes of a row. A shape is refused, or prints and reads back equal;
// any row can be printed beside it; what verifies runs, on any row that verifies, without a fault.
#include "runtime/program/program.h"

#include "runtime/interpret/interpret.h"
#include "tests/fuzz/fuzz.h"

#include <array>
#include <memory>

#include <re2/re2.h>

namespace {

using namespace writ;

// Every fact absent, then every fact given.
void run(const program::Shape& shape, std::span<const std::byte> row) {
  std::vector<std::unique_ptr<RE2>> kept;
  std::vector<const RE2*> patterns(shape.slots.size());
  for (std::size_t i = 0; i < shape.slots.size(); ++i)
    if (shape.slots[i] == program::SlotKind::regex) patterns[i] = kept.emplace_back(std::make_unique<RE2>("a|b")).get();
  std::array<program::Slot, program::max_facts> facts;
  std::array<std::uint64_t, program::max_facts / 64> present{};
  Registers registers;
  registers.prepare(shape);
  for (const bool given : {false, true}) {
    const program::Frame frame{facts.data(),    present.data(), row.data(),
                               patterns.data(), given ? 0 : -1, given ? 1 : -1};
    std::vector<std::uint64_t> fired(shape.rules.size() / 64 + 1), satisfied(shape.entries.size() / 64 + 1);
    interpret(shape, frame, {fired.data(), satisfied.data()}, registers);
    static const std::array<program::Text, 2> texts = {program::Text{"Ann@A.example", 13, 0}, program::Text{"", 0, 0}};
    for (std::size_t i = 0; i < builtin_facts.size(); ++i) {
      const auto type = builtin_facts[i].type;
      if (type == TypeKind::string)
        facts[i].text = texts[i % 2];
      else if (type == TypeKind::string_set)
        facts[i].set = {texts.data(), 1 + i % 2};
      else
        facts[i].integer = type == TypeKind::boolean ? 1 : INT64_MAX;
    }
    present.fill(~std::uint64_t{0});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [code, bytes] = fuzz::split(fuzz::view(data, size));
  std::string error;
  const auto shape = program::read_shape(code, error);
  fuzz::promise(shape || !error.empty(), "a shape refused without a reason");
  if (!shape) return 0;
  const auto text = program::print(*shape);
  const auto again = program::read_shape(text, error);
  fuzz::promise(again && *again == *shape, "a printed shape is read back as another", text);
  if (!program::verify(*shape).empty()) return 0;
  const auto row = program::Row::from_bytes(std::as_bytes(std::span(bytes.data(), bytes.size())));
  program::print(*shape, row.bytes());
  for (const auto& node : shape->nodes)  // attributes have no type here: their values would be of any
    if (program::row_of(node.op).operands[0] == program::Operand::fact && node.a >= builtin_facts.size()) return 0;
  if (program::verify(*shape, row.bytes()).empty()) run(*shape, row.bytes());
  return 0;
}
