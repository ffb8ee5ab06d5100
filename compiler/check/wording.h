// Words that the checker's messages share: an author's text in backticks, a name as an author has to write it, and "did you mean".
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/tree.h"

#include <span>
#include <string>
#include <string_view>

namespace writ::check {

// `text` in backticks, cut where it is long.
std::string in_ticks(std::string_view text);

// A name as the canonical text writes it: bare when it is an identifier, else quoted.
std::string name_text(std::string_view name);

// "an int 0..10", "a string", "one of free, gold": a type inside a sentence.
std::string a(std::string_view type);

// A value of the type as an author would write it.
std::string example_of(TypeKind kind, std::span<const std::string_view> values, std::int64_t low, std::int64_t high);
std::string example_of(const tree::Type& type);

// "`a`", "`a` and `b`", "`a`, `b` and `c`".
std::string and_list(std::span<const std::string_view> names);

// The nearest of `candidates` as help that takes the place of what the diagnostic underlines, written as it has to be there: in quotes
// where `seen` stands in quotes or the name needs them. Says whether there was one near enough.
bool suggest(Diagnostics& all, Diagnostic& one, const SourceSet& sources, std::string_view seen,
             std::span<const std::string_view> candidates);

// What to choose from, where nothing was near: a few names are listed, many are not.
void list_choices(Diagnostic& one, std::span<const std::string_view> candidates);
// How to declare what is not there, where no other help was found.
void or_declare(Diagnostic& one, std::string_view declaration);

// "why `with`": help that replaces what stands at `where`. What nobody would read in a message, a list of a thousand items say, is cut and
// offers no edit.
void offer(Diagnostic& one, std::string_view why, Span where, std::string with);

// The same for what is no name but a text of the language, `mfa within 15m`: it is put in as it is.
bool suggest_text(Diagnostics& all, Diagnostic& one, std::string_view seen,
                  std::span<const std::string_view> candidates);

// Of `https://login.acme.com:443/path`, `*.acme.com`, `@acme.com` and `acme.com.` what a domain is.
std::string host_of(std::string_view text);

}  // namespace writ::check
