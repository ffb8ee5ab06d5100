// Bundles as files: what goes in comes out, the same pieces are the same bytes, and nothing that was changed or cut is read.
#include "tests/unit/bundle/world.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>

using namespace writ;
using namespace writ::bundle_world;

namespace {

// All of a part, the cold half included, as bytes.
std::string all_of(const program::Part& part) {
  const auto made = encode(part, {}, [](const auto& shape) { return program::key_of(*shape); });
  std::string text(reinterpret_cast<const char*>(made.hot.data()), made.hot.size());
  return text.append(reinterpret_cast<const char*>(made.cold.data()), made.cold.size());
}

Problem look_at_all(const Bytes& bytes) {
  Problem problem;
  const auto opened = open(bytes, problem);
  return opened ? opened->check_all() : problem;
}

Bytes signed_by(const Bytes& bytes, std::vector<const PrivateKey*> keys) {
  const auto opened = open(bytes);
  std::vector<Signature> signatures;
  for (const auto* one : keys) signatures.push_back(one->sign(bundle_message(opened->root())).value());
  Bytes made(opened->body().begin(), opened->body().end());
  const auto end = signature_bytes(signatures);
  made.insert(made.end(), end.begin(), end.end());
  return made;
}

}  // namespace

TEST_CASE("what goes into a bundle comes out") {
  const auto parts = platform();
  const auto opened = open(bytes_of(parts));
  REQUIRE(opened->size() == 3);
  CHECK(opened->manifest().channel == "production");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    program::Part part;
    CHECK(text_of(opened->part(i, part)) == "none: ");
    CHECK(opened->id(i) == parts[i].id);
    CHECK(opened->find(parts[i].id) == i);
    CHECK(part.version == 1);
    CHECK(part.hash == parts[i].hash);
    CHECK(program::hash_of(part) == parts[i].hash);
    CHECK(all_of(part) == all_of(parts[i]));
    CHECK(part.title == parts[i].title);
    Origin origin;
    CHECK(!opened->origin(i, origin));
    CHECK(origin.files == std::vector<Source>{{parts[i].id + ".writ", Digest{1}}});
  }
  CHECK(!opened->find("nobody"));
  CHECK(opened->find(ClaimKind::host, "bolt.login.example") == 1);
  CHECK(opened->find(ClaimKind::issuer, "https://issuer.rich.example") == 2);
  CHECK(!opened->find(ClaimKind::issuer, "bolt.login.example"));
  CHECK(!opened->check_all());
}

TEST_CASE("a row is read where the file holds it, and the part keeps the file") {
  program::Part part;
  std::span<const std::byte> held;
  {
    const auto opened = open(bytes_of(platform()));
    held = opened->bytes();
    REQUIRE(!opened->part(0, part));
  }
  const auto row = part.programs[0].row.bytes();
  CHECK(row.data() >= held.data());
  CHECK(row.data() + row.size() <= held.data() + held.size());
  CHECK(program::verify(part).empty());
}

TEST_CASE("tenants of one shape share it, in the file and in memory") {
  const auto opened = open(bytes_of(platform()));
  program::Part acme, bolt;
  REQUIRE(!opened->part(0, acme));
  REQUIRE(!opened->part(1, bolt));
  CHECK(acme.programs[0].shape == bolt.programs[0].shape);
  CHECK(opened->shapes().size() == 10);  // seven empty ones, a login; a password without and with a rule
}

TEST_CASE("the same parts are the same bytes, in whatever order and on however many threads they come") {
  std::vector<program::Part> parts = {rich()};
  for (int i = 0; i < 40; ++i) parts.push_back(plain("t" + std::to_string(i), "t.example"));
  const auto whole = bytes_of(parts);
  std::mt19937 random(7);
  for (int round = 0; round < 5; ++round) {
    std::ranges::shuffle(parts, random);
    Builder builder;
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread)
      threads.emplace_back([&, thread] {
        for (auto i = thread; i < parts.size(); i += 4)
          builder.add(parts[i], {.files = {{parts[i].id + ".writ", Digest{1}}}}, Digest{2});
      });
    for (auto& thread : threads) thread.join();
    Bytes bytes;
    REQUIRE(!write(builder.pieces(manifest()), bytes));
    CHECK(bytes == whole);
  }
}

TEST_CASE("a bundle that is cut at any length is refused") {
  const auto whole = bytes_of(platform(), manifest(), {&key(0)});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto problem = look_at_all({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    INFO(size << " of " << whole.size() << ": " << text_of(problem));
    REQUIRE(problem);
    REQUIRE(
        (problem.reason == Reason::truncated || (size > whole.size() - 100 && problem.reason == Reason::malformed)));
  }
}

TEST_CASE("a bundle with any byte changed is refused, and the reason is named") {
  const auto whole = bytes_of(platform(), manifest(), {&key(0), &key(1)});
  const auto who = trust({0, 1}, 2);
  std::set<Reason> reasons;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int bits : {0x01, 0x80, 0xff}) {
      auto changed = whole;
      changed[at] ^= static_cast<std::byte>(bits);
      Problem problem;
      const auto opened = open(changed, problem);
      if (opened) problem = judge(*opened, who, now);
      if (opened && !problem) problem = opened->check_all();
      INFO("byte " << at << " of " << whole.size());
      REQUIRE(problem);
      reasons.insert(problem.reason);
    }
  for (const auto reason : {Reason::not_a_bundle, Reason::malformed, Reason::damaged, Reason::bad_signature})
    CHECK(reasons.contains(reason));
}

TEST_CASE("a byte changed and everything hashed anew is still a part that verifies, or none") {
  const auto opened = open(bytes_of(platform()));
  std::size_t read = 0;
  for (std::size_t i = 0; i < opened->size(); ++i)
    for (const bool hot : {true, false}) {
      const auto was = hot ? opened->hot(i) : opened->cold(i);
      for (std::size_t at = 0; at < was.size(); ++at) {
        Bytes changed(was.begin(), was.end());
        changed[at] ^= std::byte{0x11};
        Pieces pieces{manifest(), {}, {}};
        for (std::size_t k = 0; k < opened->size(); ++k) pieces.parts.push_back(part_of(*opened, k));
        for (const auto& row : opened->shapes()) pieces.shapes.push_back(shape_of(*opened, row));
        auto& part = pieces.parts[i];
        (hot ? part.hot : part.cold) = changed;
        (hot ? part.hot_hash : part.cold_hash) = digest_of(changed);
        Bytes bytes;
        if (write(pieces, bytes)) continue;
        Problem problem;
        const auto made = open(bytes, problem);
        REQUIRE(made);
        program::Part out;
        if (made->part(i, out)) continue;
        ++read;
        REQUIRE(program::verify(out).empty());
      }
    }
  CHECK(read > 0);  // a letter of a message is changed, say
}

TEST_CASE("a bundle past a limit of its reader is refused before its size is believed") {
  const auto whole = bytes_of(platform());
  const auto refused = [&](const auto& change) {
    Limits limits;
    change(limits);
    Problem problem;
    CHECK(!open(whole, problem, limits));
    return problem.reason;
  };
  CHECK(refused([](Limits& limits) { limits.parts = 2; }) == Reason::too_large);
  CHECK(refused([](Limits& limits) { limits.shapes = 8; }) == Reason::too_large);
  CHECK(refused([](Limits& limits) { limits.claims = 2; }) == Reason::too_large);
  CHECK(refused([](Limits& limits) { limits.manifest = 16; }) == Reason::too_large);
  CHECK(refused([](Limits& limits) { limits.strings = 16; }) == Reason::too_large);
  CHECK(refused([&](Limits& limits) { limits.file = whole.size() - 1; }) == Reason::too_large);
}

TEST_CASE("what no row names is refused, at the end as elsewhere") {
  const auto opened = open(bytes_of(platform()));
  Bytes longer(opened->body().begin(), opened->body().end());
  Header header;
  std::memcpy(&header, longer.data(), sizeof header);
  header.body_size += 8;
  std::memcpy(longer.data(), &header, sizeof header);
  longer.resize(longer.size() + 8);
  const auto end = signature_bytes({});
  longer.insert(longer.end(), end.begin(), end.end());
  Problem problem;
  CHECK(!open(longer, problem));
  CHECK(problem.reason == Reason::malformed);
}

TEST_CASE("two tenants of one id or one host are no bundle") {
  const auto problem_of = [](const std::vector<program::Part>& parts) {
    Builder builder;
    for (const auto& part : parts) builder.add(part);
    Bytes bytes;
    return text_of(write(builder.pieces(manifest()), bytes));
  };
  CHECK(problem_of({plain("acme", "a.example"), plain("acme", "b.example")}) ==
        "malformed: tenant `acme` is there twice");
  auto bolt = plain("bolt", "b.example");
  bolt.hosts = {"acme.login.example"};
  bolt.hash = program::hash_of(bolt);
  CHECK(problem_of({plain("acme", "a.example"), bolt}) ==
        "malformed: host `acme.login.example` is tenant `acme`'s and tenant `bolt`'s");
}

TEST_CASE("an empty bundle is one, and holds nobody") {
  const auto opened = open(bytes_of({}));
  CHECK(opened->size() == 0);
  CHECK(!opened->check_all());
}

TEST_CASE("a part that names a shape that is not there is refused") {
  const auto opened = open(bytes_of(platform()));
  Pieces pieces{manifest(), {}, {}};
  for (std::size_t i = 0; i < opened->size(); ++i) pieces.parts.push_back(part_of(*opened, i));
  for (const auto& row : opened->shapes().subspan(1)) pieces.shapes.push_back(shape_of(*opened, row));
  Bytes bytes;
  REQUIRE(!write(pieces, bytes));
  CHECK(open(bytes)->check_all().reason == Reason::missing_shape);
}

TEST_CASE("signing anew changes no byte of the body") {
  const auto whole = bytes_of(platform());
  const auto once = signed_by(whole, {&key(0)}), twice = signed_by(once, {&key(0), &key(1)});
  CHECK(open(whole)->root() == open(twice)->root());
  CHECK(std::ranges::equal(open(once)->body(), open(twice)->body()));
  CHECK(open(twice)->signatures().size() == 2);
}

TEST_CASE("a bundle is written whole or not at all") {
  const support::Folder folder;
  Builder builder;
  for (const auto& part : platform()) builder.add(part);
  const auto none = [](const Digest&, std::vector<Signature>&) { return Problem{}; };
  const auto refuses = [](const Digest&, std::vector<Signature>&) { return Problem{Reason::unreadable, "no key"}; };
  CHECK(write_file(folder("all.writb"), builder.pieces(manifest()), refuses).reason == Reason::unreadable);
  CHECK(std::filesystem::is_empty(folder.path()));
  CHECK(!write_file(folder("all.writb"), builder.pieces(manifest()), none));
  Problem problem;
  const auto opened = Bundle::open(folder("all.writb"), problem);
  REQUIRE(opened);
  CHECK(!opened->check_all());
  CHECK(write_file(folder("no/all.writb"), builder.pieces(manifest()), none).reason == Reason::unreadable);
  CHECK(!Bundle::open(folder("nothing"), problem));
  CHECK(problem.reason == Reason::unreadable);
}
