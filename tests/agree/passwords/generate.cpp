#include "tests/agree/passwords/generate.h"

namespace writ::agree {

namespace {

using Strings = std::vector<std::string>;

const Strings pieces = {"a",          "b",  "Z",  "0",      "9",      " ",      "!",          "~",       "\x7f", "\x01",
                        "\t",         "\n", "ä",  "Ä",      "ß",      "ẞ",      "é",          "e\u0301", "ﬁ",    "Ａ",
                        "ａ",         "１", "！", "　",     "ǅ",      "ª",      "ⅷ",          "Ⅷ",       "٣",    "漢",
                        "ж",          "Ж",  "σ",  "ς",      "\u200d", "\u00a0", "😀",         "𝐀",       "𝐚",    "𝟘",
                        "👩\u200d🚀", "𐐀",  "𐐨",  "\u0301", "ﷺ",      "\u0085", "\U000e0001", "İ"};
const Strings words = {"password", "letmein", "acme", "ACME", "Straße", "ünïcode", "anna", "Zoë", "o'neil", "example"};
const Strings orders = {"abc", "cba", "ABC", "xyz", "zyx", "123", "321",     "89",
                        "9:",  "@A",  "Z[",  "`a",  "yz{", "aBc", "abcdefgh"};
const Strings presets = {"auth0.none",      "auth0.low",      "auth0.fair",       "auth0.good",
                         "auth0.excellent", "auth0.good(10)", "auth0.flexible",   "nist.sp800_63b_4",
                         "owasp.asvs_l1",   "owasp.asvs_l2",  "keycloak.default", "okta.default"};

std::string number(Random& random, std::int64_t low, std::int64_t high) {
  return std::to_string(random.between(low, high));
}

std::string charset(Random& random) { return random.pick({"", "", " ascii", " unicode", " unicode utf16"}); }

std::string requirement(Random& random) {
  switch (random.below(16)) {
  case 0: return "length " + number(random, 1, 12) + ".." + random.pick({"", " utf16", " bytes"});
  case 1: return "length .." + number(random, 10, 40) + random.pick({"", " utf16", " bytes"});
  case 2:
    return "length " + number(random, 1, 8) + ".." + number(random, 12, 60) + random.pick({"", " utf16", " bytes"});
  case 3: return "classes " + number(random, 1, 4) + " of lower, upper, digit, symbol" + charset(random);
  case 4:
    return "classes " + number(random, 1, 2) + " of " +
           random.pick({"lower, digit", "upper, symbol", "digit, symbol"}) + charset(random);
  case 5:
  case 6:
    return "at least " + number(random, 1, 3) + " " + random.pick({"lower", "upper", "digits", "symbols"}) +
           charset(random);
  case 7: return "max repeats " + number(random, 1, 3) + random.pick({"", " utf16"});
  case 8: return "no sequences " + number(random, 2, 4);
  case 9: return "history " + number(random, 1, 5);
  case 10: return "min age " + random.pick({"1h", "1d"});
  case 11: return "reject common" + random.pick({"", " top 1", " top 2", " top 4", " top 9"});
  case 12: return "reject " + random.pick({"breached", "personal", "breached, personal"});
  case 13: return "reject words [" + random.pick({"\"acme\"", "\"Straße\", \"ß\"", "\"ÜNÏ\", \"a\"", "\"Ⅷ\""}) + "]";
  case 14:
    return random.pick({"reject contains username", "reject contains email", "reject contains username, email",
                        "reject matches /^a/", "reject matches /[0-9]{3}/", "reject matches /\\p{Lu}$/"});
  default: return random.pick({"strength >= 2", "strength >= 0", "normalize nfkc", "max age 90d", "expires after 1d"});
  }
}

std::string requirements(Random& random, std::size_t most) {
  std::string text = " {";
  for (std::size_t i = 0, count = random.below(most + 1); i < count; ++i) text += "\n      " + requirement(random);
  return text + "\n    }\n";
}

// Something that attaches requirements, or nothing.
std::string attached(Random& random, int percent) {
  if (!random.chance(percent)) return "";
  switch (random.below(4)) {
  case 0: return "    password " + random.pick(presets) + "\n";
  case 1: return "    password strong\n";
  default: return "    password" + requirements(random, 3);
  }
}

}  // namespace

std::string password_policy(Random& random) {
  std::string text = "writ 1\n\nplatform {\n";
  if (random.chance(60)) text += "    floor password baseline" + requirements(random, 2);
  if (random.chance(30)) text += "    password auth0.none\n";
  text += "}\n\nclient console : spa {\n" + attached(random, 30) + "}\n\ntenant acme {\n";
  text += "    password strong" + std::string(random.chance(50) ? " : base" : "") + requirements(random, 2);
  text += "    password base" + requirements(random, 2) + attached(random, 30);
  text += "  connection people : database {\n" + attached(random, 60) + "  }\n";
  text += "  connection others : database {\n" + attached(random, 60) + "  }\n";
  text += "  client shop : spa { connections people\n" + attached(random, 40) + "  }\n";
  text += "  client both : web { connections people, others\n" + attached(random, 20) + "  }\n";
  return text + "  use console { connections people }\n  allow signup\n}\n";
}

std::string password(Random& random, const Known& known) {
  if (random.chance(12)) {
    if (known.history && random.chance(40)) return random.pick(*known.history);
    if (known.common && random.chance(60)) return random.pick(*known.common);
    return random.pick(Strings{"password", "letmein", "anna@example.com", "Anna-Zoë", "breached!1", "o'neil1234"});
  }
  std::string text;
  const auto parts = random.between(1, random.chance(50) ? 6 : 20);
  for (std::int64_t i = 0; i < parts; ++i) {
    switch (random.below(8)) {
    case 0: text += random.pick(orders); break;
    case 1: text += random.pick(words); break;
    case 2: {
      const auto& piece = random.pick(pieces);
      for (std::int64_t k = random.between(1, 4); k > 0; --k) text += piece;
      break;
    }
    case 3: text += static_cast<char>(random.between(0x20, 0x7e)); break;
    case 4: text += random.pick({"x1", "Q", "7", "$", "-"}); break;
    default: text += random.pick(pieces);
    }
  }
  return text;
}

Known known(Random& random) {
  Known made;
  if (random.chance(80))
    made.common = random.some(Strings{"password", "123456", "letmein", "abc", "qwerty", "😀😀"}, 85);
  if (random.chance(80)) made.breached = {"breached!1", "password", "Ａ", "A"};
  if (random.chance(80)) made.history = {"letmein", "o'neil1234", "password", "Anna-Zoë", "A"};
  if (random.chance(80)) made.since_last_change = random.between(0, 2) * 43'200'000'000;
  if (random.chance(80))
    made.strength = {{"password", 0}, {"o'neil1234", 2}, {"breached!1", 3}, {"anna@example.com", 4}};
  if (random.chance(80)) {
    made.profile = random.some(Strings{"Anna", "Zoë O'Neil", "+1 555", "STRASSE", "x", "𐐀𐐀𐐀", "ﬁ ve"}, 50);
    made.username = random.pick({"", "anna", "a", "ẞ", "ж"});
    made.email = random.pick({"", "anna@example.com", "e@ab", "İ@x.y"});
  }
  return made;
}

}  // namespace writ::agree
