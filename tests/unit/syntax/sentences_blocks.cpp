// Random blocks, and what stands in them: settings, passwords, declarations, tests and proofs.
#include "tests/unit/syntax/sentences.h"

#include <string_view>

namespace writ::test {

// ---------------------------------------------------------------- settings

void Sentences::list_setting(std::size_t kind) {
  const auto names = [&](std::string_view word) {
    say(word);
    list([&] { wire_name(); }, 4);
  };
  const auto values = [&](std::string_view word) {
    say(word);
    list(
        [&] {
          if (chance(70))
            text();
          else
            sum(1);
        },
        4);
  };
  switch (kind % 8) {
  case 0: return names("connections");
  case 1: return names("features");
  case 2: return names("grants");
  case 3: return values("callbacks");
  case 4: return values("origins");
  case 5: return values("domains");
  case 6: return values("hosts");
  default: return values("issuers");
  }
}
void Sentences::setting(std::size_t kind) {
  switch (kind % 12) {
  case 0:
    say({"session"});
    return block(
        [&] {
          one_of({"idle"});
          duration();
        },
        0, 1);
  case 1:
    say({"session"});
    return block(
        [&] {
          say("absolute");
          duration();
        },
        1, 1);
  case 2:
    say({"lockout", "{"});
    number();
    say({"attempts", "per"});
    if (chance(40)) {
      say("identifier");
      if (chance(50)) say({"and", "ip"});
    } else
      say("ip");
    if (chance(40)) {
      say("within");
      duration();
    }
    if (chance(40)) {
      say("block");
      duration();
    }
    while (chance(30)) {
      say("exempt");
      list([&] { network(); });
    }
    return say("}");
  case 3:
    say("zone");
    name();
    say("=");
    return list([&] {
      if (chance(60))
        network();
      else if (chance(50)) {
        say("country");
        text();
      } else {
        say("asn");
        number();
      }
    });
  case 4:
    say({"branding", "{"});
    if (chance(50)) {
      say("logo");
      text();
    }
    while (chance(40)) {
      say("colors");
      list([&] {
        name();
        text();
      });
    }
    return say("}");
  case 5: say("id"); return text();
  case 6: say({"tenant", ".tier", "="}); return sum(1);
  case 7: say("issuer"); return sum(1);
  case 8:
    say("lifetimes");
    return block(
        [&] {
          one_of({"access_token"});
          duration();
        },
        0, 1);
  case 9: say("signup"); return one_of({"open", "closed"});
  case 10:
    say("settings");
    return block([&] {
      name();
      say("=");
      sum(1);
    });
  default:
    say("discover");
    text();
    say("via");
    return wire_name();
  }
}

void Sentences::requirement() {
  const auto charset = [&] {
    if (chance(30)) one_of({"ascii", "unicode"});
    if (words_.back() == "unicode" && chance(40)) say("utf16");
  };
  switch (below(12)) {
  case 0:
    say("length");
    if (chance(50)) {
      number();
      say("..");
    } else {
      say("..");
      number();
    }
    if (chance(30)) one_of({"utf16", "bytes"});
    return;
  case 1:
    say("classes");
    number();
    say("of");
    list([&] { one_of({"lower", "upper", "digit", "symbols"}); }, 4);
    return charset();
  case 2:
    say({"at", "least"});
    number();
    one_of({"digits", "lower", "upper", "symbol"});
    return charset();
  case 3:
    say({"max", "repeats"});
    number();
    if (chance(30)) say("utf16");
    return;
  case 4:
    one_of({"max", "min"});
    say("age");
    return duration();
  case 5: say({"no", "sequences"}); return number();
  case 6: say("history"); return number();
  case 7:
    say("reject");
    return list([&] {
      one_of({"common", "breached", "personal"});
      if (words_.back() == "common" && chance(40)) {
        say("top");
        number();
      }
    });
  case 8:
    say("reject");
    if (chance(40)) {
      say({"words", "["});
      if (chance(80)) list([&] { text(); }, 5);
      return say("]");
    }
    if (chance(50)) {
      say("contains");
      return list([&] { wire_name(); });
    }
    say("matches");
    return one_of({"/a/", "/\\/x{2}/"});
  case 9: say({"strength", ">="}); return number();
  case 10: return say({"normalize", "nfkc"});
  default: say({"expires", "after"}); return duration();
  }
}
void Sentences::password(bool platform) {
  const auto requirements = [&] { block([&] { requirement(); }, 0, 6); };
  if (platform && chance(50)) {
    say("floor");
    say("password");
    wire_name();
    return requirements();
  }
  say("password");
  switch (below(6)) {
  case 0: return requirements();
  case 1:
    wire_name();
    say(":");
    wire_name();
    return requirements();
  case 2:
    wire_name();
    say("=");
    say({"auth0", ".good"});
    if (chance(40)) {
      say({"(", "8", ")"});
    }
    return;
  case 3:
    say({"nist", ".sp800_63b_4"});
    if (chance(30)) say({"(", ")"});
    return;
  case 4: wire_name(); return requirements();
  default: return wire_name();
  }
}

// ---------------------------------------------------------------- blocks; a letter for each kind: p t c u n o

void Sentences::items(char kind, std::size_t depth) {
  block([&] { item(kind, depth); }, 0, depth > 0 ? 5 : 3);
}

void Sentences::item(char kind, std::size_t depth) {
  const bool nests = depth > 0 && chance(25);
  if (chance(30)) return rule();
  if (chance(8)) {
    say("let");
    name();
    say("=");
    return condition(2);
  }
  switch (kind) {
  case 'p':
    if (chance(30)) return password(true);
    if (chance(20)) return say({"limit", "database", "connections", "per", "client", "=", "50"});
    if (chance(20)) {
      say("obligation");
      name();
      say({"satisfied", "when"});
      return condition(1);
    }
    return setting(below(4));
  case 't':
    if (nests) {
      switch (below(4)) {
      case 0:
        say("client");
        wire_name();
        say(":");
        name();
        if (chance(80)) items('c', depth - 1);
        return;
      case 1:
        say("connection");
        wire_name();
        say(":");
        name();
        if (chance(80)) items('n', depth - 1);
        return;
      case 2:
        say("organization");
        wire_name();
        if (chance(40)) text();
        if (chance(80)) items('o', depth - 1);
        return;
      default:
        say("use");
        wire_name();
        if (chance(80)) items('u', depth - 1);
        return;
      }
    }
    if (chance(20)) return password(false);
    if (chance(10)) {
      say("attributes");
      return block([&] {
        path();
        say(":");
        type();
      });
    }
    if (chance(30)) {
      const std::size_t kinds[] = {1, 6, 7};
      return list_setting(kinds[below(3)]);
    }
    return setting(below(7));
  case 'c': {
    if (chance(20)) {
      say("organizations");
      return one_of({"deny", "allow", "require"});
    }
    const std::size_t kinds[] = {0, 2, 3, 4};
    const std::size_t settings[] = {0, 1, 5, 8, 11};
    return chance(50) ? list_setting(kinds[below(4)]) : setting(settings[below(5)]);
  }
  case 'n': {
    if (chance(20)) return password(false);
    const std::size_t settings[] = {2, 5, 7, 9, 10};
    return chance(30) ? list_setting(5) : setting(settings[below(5)]);
  }
  case 'o': {
    if (nests) {
      say("use");
      wire_name();
      return items('u', depth - 1);
    }
    if (chance(20)) return say({"members", "required"});
    if (chance(20)) {
      say({"joins", "on", "login"});
      if (chance(50)) {
        say("via");
        list([&] { wire_name(); });
      }
      return;
    }
    const std::size_t kinds[] = {0, 1, 5};
    const std::size_t settings[] = {4, 5, 11};
    return chance(50) ? list_setting(kinds[below(3)]) : setting(settings[below(3)]);
  }
  default: return chance(60) ? list_setting(0) : setting(11);
  }
}

// ---------------------------------------------------------------- tests and proofs

void Sentences::target(std::size_t optional) {
  if (chance(optional)) {
    say("to");
    wire_name();
    if (chance(70)) {
      if (chance(80))
        say(".admin");
      else
        say({".", "\"x y\""});
    }
    if (chance(20)) {
      say("in");
      wire_name();
    }
  }
  if (chance(40)) {
    say("via");
    wire_name();
  }
}
void Sentences::by() {
  say("by");
  if (chance(20))
    say("no_allow");
  else
    text();
}
void Sentences::cells(std::string_view to, std::size_t targets) {
  if (chance(targets)) {
    say(to);
    list([&] {
      wire_name();
      if (chance(70)) say(".admin");
    });
  }
  if (chance(20)) {
    say("in");
    list([&] { wire_name(); });
  }
  if (chance(40)) {
    say("via");
    list([&] { wire_name(); });
  }
  while (chance(20)) {
    say("with");
    list([&] { name(); });
  }
}
void Sentences::facts() {
  block([&] {
    if (chance(25)) {
      say("without");
      return path();
    }
    path();
    say("=");
    sum(1);
  });
}
void Sentences::request_line() {
  one_of({"login", "signup", "refresh", "m2m", "access", "password_change"});
  cells("to", 100);
  if (chance(50)) facts();
}
void Sentences::clock_line() {
  if (chance(50))
    say({"at", "2026-03-29T01:30Z"});
  else {
    say("after");
    duration();
  }
}
void Sentences::password_line() {
  say("password");
  text();
  say("for");
  wire_name();
  if (chance(80)) say(".people");
  if (chance(30)) {
    say("at");
    one_of({"change", "signup", "reset"});
  }
  if (chance(30))
    block([&] {
      path();
      say("=");
      sum(1);
    });
}
void Sentences::expect() {
  if (chance(15)) {
    if (chance(50)) say("else");
    say({"expect", "snapshot"});
    return cells("for", 30);
  }
  if (chance(15)) {
    say({"else", "expect", "deny"});
    return cells("for", 20);
  }
  say("expect");
  if (chance(15)) return say("accepted");
  if (chance(15)) {
    say("refused");
    if (chance(50)) {
      say("by");
      list([&] { one_of({"length", "classes", "common"}); }, 2);
    }
    if (chance(20)) say({"fault", "too_long"});
    return;
  }
  if (chance(20)) say("would_be");
  if (chance(40)) {
    say("challenge");
    if (chance(60)) list([&] { choice(); }, 2);
  } else
    one_of({"allow", "deny"});
  if (chance(30)) {
    by();
    while (chance(20)) {
      say(",");
      text();
    }
  }
  if (chance(20)) {
    say("fault");
    name();
  }
}
void Sentences::proof() {
  one_of({"login", "access", "signup"});
  target(70);
  one_of({"allowed", "challenged", "denied"});
  if (chance(30)) by();
  say("implies");
  condition(2);
}

// ---------------------------------------------------------------- declarations

void Sentences::declaration() {
  switch (below(12)) {
  case 11:
    say("fixture");
    name();
    return facts();
  case 0: say("import"); return text();
  case 1:
    say("attributes");
    return block([&] {
      path();
      say(":");
      type();
    });
  case 2: say("platform"); return items('p', 1);
  case 3:
    say("client");
    wire_name();
    say(":");
    name();
    if (chance(80)) items('c', 1);
    return;
  case 4:
    say("let");
    name();
    say("=");
    return condition(3);
  case 5:
    say("obligation");
    name();
    say({"satisfied", "when"});
    return condition(2);
  case 6:
    say("test");
    text();
    say("{");
    for (auto steps = below(4); steps > 0; --steps) {
      if (chance(25))
        password_line();
      else
        request_line();
      if (chance(20)) clock_line();
      if (chance(70)) expect();
      if (chance(20)) say(";");
    }
    return say("}");
  case 7:
    say("prove");
    text();
    return block([&] { proof(); });
  case 8:
    say("template");
    wire_name();
    say("(");
    if (chance(80))
      list([&] {
        name();
        say(":");
        one_of({"string", "duration", "int", "bool"});
        if (words_.back() == "int" && chance(50)) say({"0", "..", "9"});
      });
    say(")");
    return items('t', 2);
  case 9:
    say({"extend", "tenant"});
    wire_name();
    return items('t', 2);
  default:
    say("tenant");
    wire_name();
    if (chance(40)) text();
    if (chance(30)) {
      say("from");
      wire_name();
      say("(");
      if (chance(70)) list([&] { sum(1); });
      say(")");
      if (chance(50)) return;
    }
    return items('t', 2);
  }
}

}  // namespace writ::test
