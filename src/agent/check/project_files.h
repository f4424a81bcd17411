// What the files of a kind of project say about checking it. Pure: text in, commands out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

// The scripts that check or test, in the order in which they prove most: one that says that it
// tests, first. `runner` is npm, pnpm, yarn or bun, where the file itself names none.
std::vector<std::string> package_json_checks(std::string_view text, std::string_view runner);

// Those of `wanted` that a Makefile or a justfile has as targets, in the order of `wanted`.
std::vector<std::string> make_targets(std::string_view text,
                                      const std::vector<std::string>& wanted);

// Commands that configure, build and test by the presets that are not hidden.
std::vector<std::string> cmake_preset_checks(std::string_view text);

// The scripts of a composer.json that check or test.
std::vector<std::string> composer_checks(std::string_view text);

}  // namespace temper::agent
