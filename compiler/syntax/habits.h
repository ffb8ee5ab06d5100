// What people write who come from another language, and what Writ writes in its place: tables of marks, words and types.
#pragma once

#include "compiler/diagnostics/diagnostics.h"

#include <string_view>

namespace writ::syntax {

struct Habit {
  std::string_view text, help;
  std::string_view with = {};  // what takes its place, where that is all there is to do
};

// Null where it is nobody's habit. Marks: `&&`, `#` and what follows it. Words that begin a statement or follow one:
// `permit`, `startsWith`; methods of values. Kinds of clients, connections and actions: `regular_web`. Types: `boolean`.
const Habit* mark_habit(std::string_view text);
const Habit* word_habit(std::string_view text);
const Habit* kind_habit(std::string_view text);
const Habit* type_habit(std::string_view text);

// Its help, with the edit when there is one; `text` is what stands at `where`.
void advise(Diagnostic& diagnostic, const Habit& habit, Span where, std::string_view text);

}  // namespace writ::syntax
