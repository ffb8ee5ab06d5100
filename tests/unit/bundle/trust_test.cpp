// Whom to believe: keys, thresholds, scopes, time, versions, the way back, and the file of what was seen.
#include "tests/unit/bundle/world.h"

#include <thread>

using namespace writ;
using namespace writ::bundle_world;

namespace {

Opened made(const Manifest& with, const std::vector<const PrivateKey*>& keys,
            const std::vector<program::Part>& parts = platform()) {
  return open(bytes_of(parts, with, keys));
}
Reason judged(const Opened& bundle, const Trust& who, std::int64_t at = now) { return judge(*bundle, who, at).reason; }

Reason version_judged(const Opened& bundle, std::optional<Seen>& seen, const std::optional<Rollback>& rollback = {}) {
  return judge_version(*bundle, trust({0}), rollback, seen).reason;
}

Rollback back(const Opened& to, std::uint64_t from, const PrivateKey& by) {
  Rollback one{to->manifest().channel, from, to->manifest().version, to->root(), {}};
  one.signatures.push_back(by.sign(one.message()).value());
  return one;
}

}  // namespace

TEST_CASE("a bundle serves by the signatures of trusted keys, of both algorithms") {
  for (const std::size_t number : {0, 1}) {
    const auto bundle = made(manifest(), {&key(number)});
    CHECK(judged(bundle, trust({number})) == Reason::none);
    CHECK(judged(bundle, trust({number, 2})) == Reason::none);
    CHECK(judged(bundle, trust({2, 3})) == Reason::untrusted_key);
    CHECK(judged(bundle, Trust{}) == Reason::untrusted_key);
  }
  CHECK(judged(made(manifest(), {}), trust({0})) == Reason::is_unsigned);
  Trust anybody;
  anybody.accept_unsigned = true;
  CHECK(judged(made(manifest(), {}), anybody) == Reason::none);
}

TEST_CASE("a threshold counts keys and not signatures or lines") {
  const auto one = made(manifest(), {&key(0)}), two = made(manifest(), {&key(0), &key(1)});
  CHECK(judged(one, trust({0, 1, 2}, 2)) == Reason::too_few_signatures);
  CHECK(judged(two, trust({0, 1, 2}, 2)) == Reason::none);
  CHECK(judged(two, trust({0, 1, 2}, 3)) == Reason::too_few_signatures);
  CHECK(judged(one, trust({0, 0}, 2)) == Reason::too_few_signatures);
  CHECK(judged(two, trust({0, 1}, 0)) == Reason::untrusted_key);
}

TEST_CASE("a signature of a trusted key that does not hold refuses, though others suffice") {
  const auto bundle = made(manifest(), {&key(0)});
  std::vector<Signature> signatures = bundle->signatures();
  signatures.push_back(key(2).sign("something else").value());
  Bytes bytes(bundle->body().begin(), bundle->body().end());
  const auto end = signature_bytes(signatures);
  bytes.insert(bytes.end(), end.begin(), end.end());
  CHECK(judged(open(bytes), trust({0, 2})) == Reason::bad_signature);
  CHECK(judged(open(bytes), trust({0})) == Reason::none);  // of a key that nobody trusts nothing can be said
}

TEST_CASE("an algorithm is the key's and no signature of another passes") {
  const std::string message = "message";
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t k = 0; k < 4; ++k)
      CHECK(key(k).public_key().holds(message, key(i).sign(message)->bytes) == (i == k));
  CHECK(!key(0).public_key().holds(message, {}));
  auto longer = key(0).sign(message)->bytes;
  longer.push_back(0);
  CHECK(!key(0).public_key().holds(message, longer));
  CHECK(!key(0).public_key().holds("massage", key(0).sign(message)->bytes));
  CHECK(key(0).public_key().kid() != key(2).public_key().kid());
}

TEST_CASE("keys are read from PEM, and what is no key of ours says why") {
  for (const std::size_t number : {0, 1}) {
    PublicKey half, other;
    CHECK(half.read(key(number).public_key().pem()).empty());
    CHECK(other.read(key(number).pem()).empty());
    CHECK(half.kid() == key(number).public_key().kid());
    CHECK(other.kid() == half.kid());
    PrivateKey whole;
    CHECK(whole.read(key(number).pem()).empty());
    CHECK(half.holds("x", whole.sign("x")->bytes));
    CHECK(whole.read(half.pem()).find("public key") != std::string::npos);
  }
  PublicKey none;
  CHECK(!none.read("").empty());
  CHECK(!none.read("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").empty());
  CHECK(!none.read(std::string(100'000, 'x')).empty());
  PrivateKey nobody;
  CHECK(nobody.read("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
            .find("encrypted") != std::string::npos);
}

TEST_CASE("a key for one tenant does not speak for others") {
  auto who = trust({0, 1});
  who.keys[0].tenants = {"acme"};
  const auto acme = made(manifest(), {&key(0)}, {plain("acme", "a.example")});
  const auto all = made(manifest(), {&key(0)});
  CHECK(judged(acme, who) == Reason::none);
  CHECK(judged(all, who) == Reason::wrong_scope);
  CHECK(judged(made(manifest(), {&key(1)}), who) == Reason::none);
  who.threshold = 2;  // one of two signers speaks for all, the other for acme
  CHECK(judged(made(manifest(), {&key(0), &key(1)}, {plain("acme", "a.example")}), who) == Reason::none);
  CHECK(judged(made(manifest(), {&key(0), &key(1)}), who) == Reason::wrong_scope);
}

TEST_CASE("a bundle has its time, its channel and its engine") {
  auto with = manifest();
  with.not_before = now;
  with.expires = now + 10;
  const auto bundle = made(with, {&key(0)});
  CHECK(judged(bundle, trust({0}), now - 1) == Reason::not_yet_valid);
  CHECK(judged(bundle, trust({0}), now) == Reason::none);
  CHECK(judged(bundle, trust({0}), now + 9) == Reason::none);
  CHECK(judged(bundle, trust({0}), now + 10) == Reason::expired);
  auto who = trust({0});
  who.channel = "production";
  CHECK(judged(bundle, who) == Reason::none);
  who.channel = "staging";
  CHECK(judged(bundle, who) == Reason::wrong_channel);
  with.minimum_engine = this_engine();
  CHECK(judged(made(with, {&key(0)}), trust({0})) == Reason::none);
  ++with.minimum_engine.patch;
  CHECK(judged(made(with, {&key(0)}), trust({0})) == Reason::engine_too_old);
}

TEST_CASE("an older version is refused, the same one is nothing new, and another of its number is refused") {
  const auto one = made(manifest(1), {&key(0)}), two = made(manifest(2), {&key(0)});
  std::optional<Seen> seen;
  CHECK(version_judged(one, seen) == Reason::none);
  CHECK(version_judged(two, seen) == Reason::none);
  CHECK(seen->highest == 2);
  CHECK(version_judged(two, seen) == Reason::none);
  CHECK(version_judged(one, seen) == Reason::lower_version);
  const auto other = made(manifest(2), {&key(0)}, {rich()});
  CHECK(version_judged(other, seen) == Reason::version_reused);
  CHECK(seen->highest == 2);
}

TEST_CASE("a signed statement is the only way back, and it is of use once") {
  const auto one = made(manifest(1), {&key(0)}), two = made(manifest(2), {&key(0)}),
             three = made(manifest(3), {&key(0)}), four = made(manifest(4), {&key(0)});
  std::optional<Seen> seen;
  CHECK(version_judged(three, seen) == Reason::none);
  CHECK(version_judged(one, seen, back(one, 3, key(2))) == Reason::bad_rollback);  // not a trusted key
  CHECK(version_judged(one, seen, back(two, 3, key(0))) == Reason::bad_rollback);  // to another
  CHECK(version_judged(one, seen, back(one, 2, key(0))) == Reason::bad_rollback);  // from another
  auto wrong = back(one, 3, key(0));
  wrong.channel = "staging";
  CHECK(version_judged(one, seen, wrong) == Reason::bad_rollback);
  CHECK(seen->highest == 3);
  CHECK(version_judged(one, seen, back(one, 3, key(0))) == Reason::none);
  CHECK(version_judged(one, seen) == Reason::none);  // it stays
  CHECK(version_judged(two, seen) == Reason::lower_version);
  CHECK(version_judged(three, seen) == Reason::lower_version);  // what was withdrawn does not come again
  CHECK(version_judged(three, seen, back(three, 3, key(0))) == Reason::lower_version);
  CHECK(version_judged(four, seen) == Reason::none);
  CHECK(version_judged(one, seen, back(one, 3, key(0))) == Reason::bad_rollback);
}

TEST_CASE("who speaks for one tenant takes no platform back") {
  const auto one = made(manifest(1), {&key(0)}), two = made(manifest(2), {&key(0)});
  auto who = trust({0, 1});
  who.keys[1].tenants = {"acme"};
  std::optional<Seen> seen;
  CHECK(judge_version(*two, who, {}, seen).reason == Reason::none);
  CHECK(judge_version(*one, who, back(one, 2, key(1)), seen).reason == Reason::bad_rollback);
}

TEST_CASE("a statement of a rollback reads back, and in no other form") {
  const auto one = made(manifest(1), {&key(0)});
  const auto text = to_text(back(one, 3, key(0)));
  Rollback read;
  CHECK(!read_rollback(text, read));
  CHECK(to_text(read) == text);
  const auto refused = [&](const std::string& changed) {
    Rollback other;
    std::optional<Seen> seen = Seen{"production", 3, Digest{9}, std::nullopt, {}};
    return read_rollback(changed, other) || version_judged(one, seen, other) == Reason::bad_rollback;
  };
  CHECK(!refused(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    INFO(i);
    CHECK(refused(text.substr(0, i)));
    auto changed = text;
    changed[i] = changed[i] == '0' ? '1' : '0';
    CHECK(refused(changed));
  }
}

TEST_CASE("what was seen survives, is of each channel, and is never taken for nothing") {
  const support::Folder folder;
  const auto path = folder("seen");
  const Seen production{"production", 43, Digest{7}, std::nullopt, {}}, staging{"staging", 9, Digest{8}, 4, Digest{5}};
  {
    State state;
    REQUIRE(!state.open(path));
    CHECK(!state.seen("production"));
    CHECK(!state.record(production));
    CHECK(!state.record(staging));
  }
  State again;
  REQUIRE(!again.open(path));
  CHECK(again.seen("production") == production);
  CHECK(again.seen("staging") == staging);
  CHECK(!again.seen("canary"));
}

TEST_CASE("a file of what was seen that is damaged or cut anywhere refuses") {
  const auto text = to_text({{"production", 43, Digest{7}, std::nullopt, {}}, {"staging", 9, Digest{8}, 4, Digest{5}}});
  std::vector<Seen> read;
  REQUIRE(!read_state(text, read));
  CHECK(to_text(read) == text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    REQUIRE(read_state(text.substr(0, i), read).reason == Reason::bad_state);
    auto changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    REQUIRE(read_state(changed, read).reason == Reason::bad_state);
  }
  const support::Folder folder;
  folder.write("seen", text.substr(0, 40));
  State state;
  CHECK(state.open(folder("seen")).reason == Reason::bad_state);
  State nowhere;
  CHECK(nowhere.open(folder("no/seen")).reason == Reason::bad_state);
}

TEST_CASE("two that record at once lose no version") {
  const support::Folder folder;
  const auto path = folder("seen");
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        State state;
        if (state.open(path)) std::abort();
        auto seen = state.seen("production").value_or(Seen{"production", 0, {}, std::nullopt, {}});
        ++seen.highest;
        if (state.record(seen)) std::abort();
      }
    });
  for (auto& thread : threads) thread.join();
  State state;
  REQUIRE(!state.open(path));
  CHECK(state.seen("production")->highest == 40);
}

TEST_CASE("trusted keys are read from a file, and a line that is not understood refuses it") {
  const support::Folder folder;
  folder.write("release.pem", key(0).public_key().pem());
  folder.write("keys/acme.pem", key(1).public_key().pem());
  folder.write("trust",
               "# who signs\nthreshold 2\nchannel production\n\nkey release.pem\nkey keys/acme.pem for acme bolt\n");
  Trust who;
  REQUIRE(text_of(read_trust(folder("trust"), who)) == "none: ");
  CHECK(who.threshold == 2);
  CHECK(who.channel == "production");
  REQUIRE(who.keys.size() == 2);
  CHECK(who.keys[0].speaks_for("anybody"));
  CHECK(who.keys[1].speaks_for("bolt"));
  CHECK(!who.keys[1].speaks_for("rich"));
  for (const std::string line :
       {"keys release.pem", "key", "key release.pem for", "threshold 0", "threshold 1x", "threshold 65", "channel a/b",
        "key nothing.pem", "key trust", "key release.pem to acme"}) {
    folder.write("wrong", line + "\n");
    Trust other;
    INFO(line);
    CHECK(read_trust(folder("wrong"), other).reason == Reason::unreadable);
  }
}
