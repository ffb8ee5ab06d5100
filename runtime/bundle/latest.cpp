#include "runtime/bundle/latest.h"

#include "runtime/bundle/words.h"

#include <algorithm>

namespace writ::bundle {

namespace {

// A name in one folder, which leads nowhere else.
bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name.front() != '.' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

bool read_file(std::string_view name, std::string_view size, Latest::File& file) {
  const auto number = number_of(size);
  if (!number || *number > Limits().file || !is_file_name(name)) return false;
  file = {std::string(name), *number};
  return true;
}

bool read_line(const std::vector<std::string_view>& words, Latest& latest) {
  if (words.size() == 3 && words[0] == "sign") {
    auto& one = latest.signatures.emplace_back();
    return latest.signatures.size() <= Limits().signatures && from_hex(words[1], one.kid) &&
           from_hex(words[2], one.bytes);
  }
  if (words.size() == 4 && words[0] == "delta") {
    auto& step = latest.steps.emplace_back();
    return latest.steps.size() <= max_steps && from_hex(words[1], step.base) &&
           read_file(words[2], words[3], step.delta);
  }
  if (words.size() == 3 && words[0] == "bundle") return read_file(words[1], words[2], latest.bundle);
  if (words.size() != 2) return false;
  if (words[0] == "channel") latest.channel = words[1];
  if (words[0] == "version") latest.version = number_of(words[1]).value_or(0);
  if (words[0] == "root") return from_hex(words[1], latest.root);
  return words[0] == "channel" || words[0] == "version";
}

}  // namespace

std::string Latest::message() const {
  auto text = "writ latest 1\nchannel " + channel + "\nversion " + std::to_string(version) + "\nroot " + to_hex(root) +
              "\nbundle " + bundle.name + " " + std::to_string(bundle.size) + "\n";
  for (const auto& [base, delta] : steps)
    text += "delta " + to_hex(base) + " " + delta.name + " " + std::to_string(delta.size) + "\n";
  return text;
}

std::string to_text(const Latest& latest) {
  auto text = latest.message();
  for (const auto& one : latest.signatures) text += "sign " + to_hex(one.kid) + " " + to_hex(one.bytes) + "\n";
  return text;
}

Problem read_latest(std::string_view text, Latest& latest) {
  const Problem none{Reason::malformed, "it does not say which version is the latest"};
  if (text.size() > max_latest) return {Reason::too_large, "it has " + std::to_string(text.size()) + " bytes"};
  Latest read;
  const auto lines = lines_of(text);
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (!read_line(words_of(lines[i]), read)) return none;
  // One way to write it: what is read again as the same is what was meant.
  if (to_text(read) != text || !is_channel(read.channel)) return none;
  latest = std::move(read);
  return {};
}

Problem judge(const Latest& latest, const Trust& trust) {
  if (!trust.accept_unsigned)
    if (auto problem = judge_statement(latest.message(), latest.signatures, trust)) return problem;
  if (!trust.channel.empty() && latest.channel != trust.channel)
    return {Reason::wrong_channel, "it is of channel " + latest.channel + " and not of " + trust.channel};
  return {};
}

}  // namespace writ::bundle
