#include "tests/unit/jit/world.h"

#include <algorithm>

namespace writ::test {
namespace {

template <class T>
const T& one_of(const std::vector<T>& list, Random& random) {
  return list[random() % list.size()];
}

program::Window random_window(Random& random) {
  static const std::vector<std::uint16_t> minutes = {0, 1, 480, 719, 720, 1080, 1439, 1440};
  program::Window window;
  window.begin = static_cast<std::uint16_t>(one_of(minutes, random) % 1440);
  window.end = one_of(minutes, random);
  window.days = static_cast<std::uint8_t>(random() & 0x7f);
  window.zone = "Europe/Berlin";
  window.offsets = {{INT64_MIN, 3'208},
                    {-2'422'054'408'000'000, 3'600},
                    {1'711'846'800'000'000, 7'200},
                    {1'729'990'800'000'000, -3'600}};
  return window;
}

std::vector<Ip> make_ips() {
  std::vector<Ip> ips;
  for (const char* text : {"::", "::1", "10.0.0.0", "10.255.255.255", "11.0.0.0", "192.168.1.7", "255.255.255.255",
                           "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
    ips.push_back(*parse_ip(text));
  return ips;
}

// A shape growing at random: the nodes that may be used, by type; a loop's are taken back at its end.
class Growth {
 public:
  Growth(Maker& maker, Random& random) : maker_(maker), random_(random) {}

  void grow(std::size_t nodes) {
    const auto end = maker_.current().nodes.size() + nodes;
    while (maker_.current().nodes.size() < end) step();
  }
  std::uint32_t pick(NodeType type) {
    auto& pool = pools_[static_cast<std::size_t>(type)];
    if (pool.empty() || random_() % 8 == 0) return leaf(type);
    return pool[pool.size() - 1 - random_() % std::min<std::size_t>(pool.size(), 200)];
  }
  std::uint32_t keep(std::uint32_t node) {
    pools_[static_cast<std::size_t>(program::row_of(maker_.current().nodes[node].op).result)].push_back(node);
    return node;
  }
  // A node of `op` with random operands; loops, and what only stands in them, are made by `loop`.
  std::uint32_t make(Op op) {
    const auto& row = program::row_of(op);
    if (op == Op::and_ || op == Op::or_) {
      std::vector<std::uint32_t> arguments(1 + random_() % 6);
      for (auto& argument : arguments) argument = pick(NodeType::boolean);
      return maker_.both(op, arguments);
    }
    std::uint32_t fields[3] = {};
    for (std::size_t i = 0; i < 3; ++i) {
      if (row.operands[i] == program::Operand::node) fields[i] = pick(row.types[i]);
      if (row.operands[i] == program::Operand::slot) fields[i] = maker_.slot(random_constant(slot_kind(op), random_));
      if (row.operands[i] == program::Operand::fact)
        fields[i] = first_fact + fact_of(op == Op::has_fact ? static_cast<NodeType>(random_() % 5) : row.result,
                                         static_cast<std::uint32_t>(random_() % facts_of_a_type));
    }
    return maker_.add(op, fields[0], fields[1], fields[2]);
  }

 private:
  void step() {
    const auto op = static_cast<Op>(random_() % program::op_rows.size());
    if (op == Op::any_ || op == Op::all_ || op == Op::element) return;
    if (op == Op::each) return loop();
    keep(make(op));
  }

  void loop() {
    if (depth_ == 3) return;
    const auto set = pick(NodeType::set);
    const auto saved = pools_;
    const auto begin = maker_.add(Op::each, set, depth_, 0);
    ++depth_;
    keep(maker_.add(Op::element, depth_ - 1));
    grow(2 + random_() % 12);
    const auto outcome = pick(NodeType::boolean);
    --depth_;
    const auto end = maker_.add(random_() % 2 ? Op::any_ : Op::all_, begin, outcome);
    maker_.end_loop(begin, end);
    pools_ = saved;
    keep(end);
  }

  std::uint32_t leaf(NodeType type) {
    static const std::vector<Op> structure = {Op::client_index, Op::connection_index,  Op::organization_index,
                                              Op::client_type,  Op::connection_family, Op::connection_strategy};
    const auto which = random_() % 4;
    if (type == NodeType::integer && which == 0) return keep(maker_.add(one_of(structure, random_)));
    if (which == 1 && type == NodeType::boolean) return keep(make(Op::const_bool));
    if (which == 1 && type == NodeType::integer) return keep(make(Op::const_int));
    if (which == 1 && type == NodeType::string) return keep(make(Op::const_string));
    if (which == 1 && type == NodeType::ip) return keep(make(Op::const_ip));
    if (which == 2 && type == NodeType::boolean) return keep(make(Op::has_fact));
    return keep(make(fact_op(type)));
  }

  static program::SlotKind slot_kind(Op op) {
    using program::SlotKind;
    switch (op) {
    case Op::const_bool: return SlotKind::boolean;
    case Op::const_int: return SlotKind::integer;
    case Op::const_string: return SlotKind::string;
    case Op::const_ip: return SlotKind::ip;
    case Op::in_bits: return SlotKind::bits;
    case Op::in_ints: return SlotKind::ints;
    case Op::in_strings: return SlotKind::strings;
    case Op::in_cidrs: return SlotKind::cidrs;
    case Op::in_window: return SlotKind::window;
    case Op::glob: return SlotKind::glob;
    default: return SlotKind::regex;
    }
  }

  Maker& maker_;
  Random& random_;
  std::array<std::vector<std::uint32_t>, 5> pools_;
  std::uint32_t depth_ = 0;
};

}  // namespace

std::uint32_t fact_of(NodeType type, std::uint32_t which) {
  return static_cast<std::uint32_t>(type) * facts_of_a_type + which;
}

Op fact_op(NodeType type) {
  constexpr Op ops[] = {Op::fact_bool, Op::fact_int, Op::fact_string, Op::fact_ip, Op::fact_set};
  return ops[static_cast<std::size_t>(type)];
}

const std::vector<std::int64_t>& edge_integers() {
  static const std::vector<std::int64_t> list = {INT64_MIN,
                                                 INT64_MIN + 1,
                                                 -1'000'000,
                                                 -65,
                                                 -64,
                                                 -1,
                                                 0,
                                                 1,
                                                 2,
                                                 3,
                                                 62,
                                                 63,
                                                 64,
                                                 65,
                                                 127,
                                                 128,
                                                 1'000,
                                                 1'711'846'799'999'999,
                                                 1'711'846'800'000'000,
                                                 1'735'689'600'000'000,
                                                 INT64_MAX - 1,
                                                 INT64_MAX};
  return list;
}

const std::vector<std::string>& edge_strings() {
  static const std::vector<std::string> list = {"",
                                                "a",
                                                "A",
                                                "ab",
                                                "aB",
                                                "AB",
                                                "b",
                                                "@",
                                                "a@",
                                                "@b",
                                                "Ann@Example.COM",
                                                "ann@example.com",
                                                "ann@@EXAMPLE.com",
                                                "example.com",
                                                "Example.Com",
                                                "x[\\]^_`{",
                                                "X[\\]^_`{",
                                                "\xc3\x84rger",
                                                "\xc3\xa4rger",
                                                "z\xe2\x82\xacz",
                                                std::string("a\0b", 3),
                                                std::string(300, 'Q'),
                                                std::string(300, 'q'),
                                                "administrators",
                                                "Administrators"};
  return list;
}

const std::vector<Ip>& edge_ips() {
  static const auto list = make_ips();
  return list;
}

Constant random_constant(program::SlotKind kind, Random& random) {
  using program::SlotKind;
  const auto count = random() % 5;
  const auto many = [&](auto list, auto&& make) {
    for (std::size_t i = 0; i < count; ++i) list.push_back(make());
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  };
  static const std::vector<std::string> globs = {
      "*", "", "?", "a*", "*b", "*@*.com", "?nn@*", "z?z", "*e*e*", "**", "administrators"};
  static const std::vector<std::string> regexes = {"^a", "b$", "example", "^$", "[A-Z]", "(?i)ann", "^.r", "q{3}"};
  static const std::vector<std::string> blocks = {"0.0.0.0/0",     "10.0.0.0/8", "192.168.1.0/24", "::/0",
                                                  "2001:db8::/32", "::1/128",    "11.0.0.0/32"};
  switch (kind) {
  case SlotKind::boolean: return random() % 2 == 0;
  case SlotKind::integer: return one_of(edge_integers(), random);
  case SlotKind::string: return one_of(edge_strings(), random);
  case SlotKind::ip: return one_of(edge_ips(), random);
  case SlotKind::bits:
    return program::Bits{
        many(std::vector<std::uint32_t>(), [&] { return static_cast<std::uint32_t>(random() % 130); })};
  case SlotKind::ints: return many(std::vector<std::int64_t>(), [&] { return one_of(edge_integers(), random); });
  case SlotKind::strings: return many(Strings(), [&] { return one_of(edge_strings(), random); });
  case SlotKind::cidrs: return many(std::vector<Cidr>(), [&] { return *parse_cidr(one_of(blocks, random)); });
  case SlotKind::window: return random_window(random);
  case SlotKind::glob: return program::Glob{one_of(globs, random)};
  case SlotKind::regex: break;
  }
  return program::Regex{one_of(regexes, random)};
}

Facts random_facts(Random& random) {
  Facts facts;
  facts.values.resize(std::size_t{5} * facts_of_a_type);
  const auto value = [&](NodeType type) -> Plain {
    switch (type) {
    case NodeType::boolean: return random() % 2 == 0;
    case NodeType::integer: return one_of(edge_integers(), random);
    case NodeType::string: return one_of(edge_strings(), random);
    case NodeType::ip: return one_of(edge_ips(), random);
    case NodeType::set: break;
    }
    Strings set(random() % 4);
    for (auto& item : set) item = one_of(edge_strings(), random);
    return set;
  };
  for (std::uint32_t type = 0; type < 5; ++type)
    for (std::uint32_t i = 0; i < facts_of_a_type; ++i)
      if (random() % 5 != 0) facts.values[fact_of(static_cast<NodeType>(type), i)] = value(static_cast<NodeType>(type));
  for (auto* index : {&facts.client, &facts.connection, &facts.organization, &facts.client_type,
                      &facts.connection_family, &facts.connection_strategy})
    *index = static_cast<std::int64_t>(random() % 131) - 1;
  return facts;
}

Maker random_shape(Random& random, std::size_t size) {
  Maker maker;
  Growth growth(maker, random);
  growth.grow(size);
  for (std::size_t i = 0; i < 2 + size / 8; ++i) maker.rule(growth.pick(NodeType::boolean));
  for (std::size_t i = 0; i < 1 + size / 40; ++i)
    maker.entry({growth.pick(NodeType::boolean), growth.pick(NodeType::boolean)});
  return maker;
}

// Ops that are not boolean are looked at through a comparison.
Maker shape_of(Op op, Random& random) {
  Maker maker;
  Growth growth(maker, random);
  const auto look = [&](std::uint32_t node) {
    switch (program::row_of(op).result) {
    case NodeType::boolean: return node;
    case NodeType::integer: return maker.add(Op::lt_int, node, growth.pick(NodeType::integer));
    case NodeType::string: return maker.add(Op::eq_string, node, growth.pick(NodeType::string));
    case NodeType::ip: return maker.add(Op::eq_ip, node, growth.pick(NodeType::ip));
    case NodeType::set: break;
    }
    return maker.add(Op::set_has, node, growth.pick(NodeType::string));
  };
  for (int i = 0; i < 12; ++i) {
    if (op == Op::each || op == Op::any_ || op == Op::all_ || op == Op::element) {
      const auto set = growth.pick(NodeType::set), text = growth.pick(NodeType::string);
      const auto each = maker.add(Op::each, set, 0, 0);
      const auto element = maker.add(Op::element, 0);
      const auto body = maker.add(Op::eq_string, maker.add(Op::lower, element), text);
      const auto end = maker.add(op == Op::any_ || (op != Op::all_ && i % 2) ? Op::any_ : Op::all_, each, body);
      maker.end_loop(each, end);
      maker.rule(end);
    } else {
      maker.rule(look(growth.make(op)));
    }
  }
  maker.entry({growth.pick(NodeType::boolean)});
  return maker;
}

}  // namespace writ::test
