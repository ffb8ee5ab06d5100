// The questions that a bundle carries: what was written is what is read, of every kind of fact; anything else is refused; deltas carry them along.
#include "tests/unit/bundle/world.h"

using namespace writ;
using namespace writ::bundle_world;

namespace {

std::vector<Sample> samples() {
  Sample one;
  one.request.tenant = "acme";
  one.request.client = "web";
  one.request.connection = "users";
  one.request.facts["user.blocked"] = true;
  one.request.facts["user.logins"] = std::int64_t{-7};
  one.request.facts["user.email"] = std::string("ada@acme.example");
  one.request.facts["request.ip"] = *parse_ip("192.0.2.1");
  one.request.facts["user.groups"] = StringSet{"b", "a", "b"};
  one.effect = Effect::deny;
  one.fault = Fault::user_blocked;
  Sample two;
  two.request.action = Action::m2m;
  two.request.tenant = "bolt";
  two.request.organization = "";
  two.effect = Effect::allow;
  return {one, two};
}

}  // namespace

TEST_CASE("questions are read as they were written") {
  std::vector<Sample> read;
  REQUIRE(!decode(encode(samples()), read));
  CHECK(read == samples());
  const auto opened = open(bytes_of(platform(), manifest(), {}, samples()));
  REQUIRE(!opened->samples(read));
  CHECK(read == samples());
  CHECK(!opened->check_all());
  const auto none = open(bytes_of(platform()));
  REQUIRE(!none->samples(read));
  CHECK(read.empty());
  CHECK(none->root() != opened->root());
  CHECK(none->manifest().state == opened->manifest().state);
}

TEST_CASE("questions that are cut or changed are no questions, or others") {
  const auto bytes = encode(samples());
  std::vector<Sample> read;
  for (std::size_t size = 0; size < bytes.size(); ++size) REQUIRE(decode(std::span(bytes).first(size), read));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] ^= std::byte{0x21};
    if (decode(changed, read)) continue;
    INFO(at);
    REQUIRE(encode(read) == changed);
  }
  CHECK(decode(encode(std::vector<Sample>(max_samples, samples()[1])), read).reason == Reason::none);
  CHECK(decode(encode(std::vector<Sample>(max_samples + 1, samples()[1])), read).reason == Reason::malformed);
}

TEST_CASE("a bundle whose questions are not those that it names is refused") {
  const auto whole = bytes_of(platform(), manifest(), {&key(0)}, samples());
  const auto opened = open(whole);
  auto changed = whole;
  const auto at = static_cast<std::size_t>(opened->sample_bytes().data() - opened->bytes().data());
  changed[at + 3] ^= std::byte{1};
  std::vector<Sample> read;
  CHECK(open(changed)->samples(read).reason == Reason::damaged);
  CHECK(open(changed)->check_all().reason == Reason::damaged);
}

TEST_CASE("a delta carries questions that are others, and says when they are the same") {
  const auto before = open(bytes_of(platform(), manifest(1), {}, samples()));
  auto others = samples();
  others.pop_back();
  for (const auto& asked : {samples(), others, {}}) {
    const auto after = open(bytes_of({rich()}, manifest(2), {&key(0)}, asked));
    Problem problem;
    const auto out = apply(*before, make_delta(*before, *after), problem);
    INFO(text_of(problem));
    REQUIRE(out);
    CHECK(std::ranges::equal(out->bytes(), after->bytes()));
  }
}
