// Programs from outside: a shape as text, a NUL, the bytes of a row. A shape is refused or prints and reads back equal; what verifies runs,
// on any row that verifies, without a fault.
#include "tests/fuzz/fuzz.h"

#include "runtime/interpret/interpret.h"
#include "runtime/program/program.h"

#include <array>
#include <memory>
#include <re2/re2.h>

namespace {

using namespace writ;

void run(const program::Shape& shape, std::span<const std::byte> row) {
  std::vector<std::unique_ptr<RE2>> kept;
  std::vector<const RE2*> patterns(shape.slots.size());
  for (std::size_t i = 0; i < shape.slots.size(); ++i)
    if (shape.slots[i] == program::SlotKind::regex) patterns[i] = kept.emplace_back(std::make_unique<RE2>("a|b")).get();
  static const std::array<program::Text, 2> texts = {program::Text{"Ann@A.example", 13, 0}, program::Text{"", 0, 0}};
  std::array<program::Slot, program::max_facts> facts;
  for (std::size_t i = 0; i < builtin_facts.size(); ++i) {
    if (builtin_facts[i].type == TypeKind::string) facts[i].text = texts[i % 2];
    if (builtin_facts[i].type == TypeKind::string_set) facts[i].set = {texts.data(), i % 3 == 0 ? 0u : 2u};
  }
  std::array<std::uint64_t, program::max_facts / 64> present{};
  program::Frame frame{facts.data(), present.data(), row.data(), patterns.data()};
  std::vector<std::uint64_t> fired(shape.rules.size() / 64 + 1), satisfied(shape.entries.size() / 64 + 1);
  Registers registers;
  registers.prepare(shape);
  interpret(shape, frame, {fired.data(), satisfied.data()}, registers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::view(data, size);
  std::string error;
  const auto shape = program::read_shape(input.substr(0, input.find('\0')), error);
  if (!shape) {
    fuzz::promise(!error.empty(), "a shape refused without a reason");
    return 0;
  }
  const auto text = program::print(*shape);
  const auto again = program::read_shape(text, error);
  fuzz::promise(again && *again == *shape, "a printed shape is read back as another", text);
  if (!program::verify(*shape).empty()) return 0;
  const auto bytes = input.substr(std::min(input.size(), input.find('\0') == input.npos ? input.size() : input.find('\0') + 1));
  const auto row = program::Row::from_bytes(std::as_bytes(std::span(bytes.data(), bytes.size())));
  program::print(*shape, row.bytes());
  for (const auto& node : shape->nodes)  // attributes have no type here: their values would be of any
    if (program::row_of(node.op).operands[0] == program::Operand::fact && node.a >= builtin_facts.size()) return 0;
  if (program::verify(*shape, row.bytes()).empty()) run(*shape, row.bytes());
  return 0;
}
