#include "cli/settings.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.h"
#include "base/format.h"
#include "base/paths.h"
#include "base/temporary_directory.h"
#include "cli/config_keys.h"

namespace temper::cli {
namespace {

// A home directory, and a repository in it and one outside of it.
class Disk {
 public:
  Disk() : root_(*TemporaryDirectory::create()) {
    environment_.set("HOME", root_ / "home");
    for (const char* const folder : {"home/repo/.git", "home/repo/a/b", "home/plain", "other/a"}) {
      REQUIRE(make_directories(root_ / folder));
    }
  }

  void write(const std::string& path, std::string_view text) {
    REQUIRE(make_directories(resolve(root_ / path, "..")));
    REQUIRE(write_file_atomically(root_ / path, text));
  }
  Environment& environment() { return environment_; }
  Arguments& arguments() { return arguments_; }
  std::string path(const std::string& name) const { return root_ / name; }

  // "user -; repository other/temper.toml": a minus before what is not there.
  std::string files(const std::string& directory) {
    std::string text;
    for (const ConfigFile& file : config_files(environment_, root_ / directory, arguments_)) {
      constexpr const char* kRoles[] = {"user", "named", "repository"};
      text += format("{} {}{}; ", kRoles[static_cast<int>(file.role)], file.exists ? "" : "-",
                     file.path.substr(root_.path().size() + 1));
    }
    return text;
  }

  Settings load() { return load_settings(environment_, root_ / "home/repo/a", arguments_); }

 private:
  TemporaryDirectory root_;
  Environment environment_;
  Arguments arguments_;
};

TEST_CASE("settings: temper.toml is looked for up to the root of the repository") {
  Disk disk;
  const std::string user = "user -home/.config/temper/config.toml; ";
  CHECK(disk.files("home/repo/a/b") == user);

  disk.write("home/temper.toml", "");
  CHECK(disk.files("home/repo/a/b") == user);  // above the repository
  CHECK(disk.files("home/plain") == user + "repository home/temper.toml; ");

  disk.write("home/repo/temper.toml", "");
  CHECK(disk.files("home/repo/a/b") == user + "repository home/repo/temper.toml; ");
  disk.write("home/repo/a/temper.toml", "");
  CHECK(disk.files("home/repo/a/b") == user + "repository home/repo/a/temper.toml; ");
}

TEST_CASE("settings: outside of a repository and of home, only the folder itself counts") {
  Disk disk;
  disk.write("other/temper.toml", "");
  const std::string user = "user -home/.config/temper/config.toml; ";
  CHECK(disk.files("other/a") == user);
  CHECK(disk.files("other") == user + "repository other/temper.toml; ");
}

TEST_CASE("settings: the user's file is where XDG says, or the one that is named") {
  Disk disk;
  disk.environment().set("XDG_CONFIG_HOME", disk.path("xdg"));
  CHECK(disk.files("home") == "user -xdg/temper/config.toml; ");
  disk.environment().set("TEMPER_CONFIG", disk.path("t.toml"));
  CHECK(disk.files("home") == "named -t.toml; ");
  disk.arguments().add("--config", "c.toml");
  CHECK(disk.files("home") == "named -home/c.toml; ");
  disk.environment() = Environment();
  CHECK(disk.files("home") == "named -home/c.toml; ");
  disk.arguments().remove("--config");
  CHECK(disk.files("home") == "");
}

TEST_CASE("settings: the repository wins over the user, and flags over both") {
  Disk disk;
  disk.write("home/.config/temper/config.toml", "log.level = \"info\"\nui.color = \"never\"\n");
  disk.write("home/repo/temper.toml", "[log]\nlevel = \"debug\"\n");
  const auto shown = [&disk] {
    const Settings settings = disk.load();
    std::string text;
    for (const std::string_view key : {kUiColor, kLogLevel}) {
      text += format("{} from {}; ", settings.config.text(key), settings.config.origin(key));
    }
    return text;
  };
  CHECK(shown() == "never from ~/.config/temper/config.toml:2; debug from ~/repo/temper.toml:2; ");
  disk.arguments().add("--color", "always");
  disk.arguments().add("--verbose", "");
  CHECK(shown() == "always from --color; info from --verbose; ");
  disk.arguments().add("--verbose", "");
  CHECK(shown() == "always from --color; debug from --verbose; ");
  disk.arguments().add("--quiet", "");
  CHECK(shown() == "always from --color; error from --quiet; ");
}

TEST_CASE("settings: a fault is kept, and the standard values hold") {
  Disk disk;
  disk.arguments().add("--quiet", "");
  disk.write("home/repo/temper.toml", "ui.color = 3\n");
  const Settings settings = disk.load();
  REQUIRE(settings.fault);
  CHECK(*settings.fault == Error{Code::Invalid,
                                 "~/repo/temper.toml:1: \"ui.color\" must be one of auto, always, "
                                 "never, not 3."});
  CHECK(settings.config.text(kUiColor) == "auto");
  CHECK(settings.config.text(kLogLevel) == "error");
}

TEST_CASE("settings: a file that is named must be there") {
  Disk disk;
  disk.arguments().add("--config", "none.toml");
  const Settings settings = disk.load();
  REQUIRE(settings.fault);
  CHECK(settings.fault->code == Code::Invalid);
  CHECK(settings.fault->message.find("none.toml") != std::string::npos);
}

TEST_CASE("settings: a file that cannot be reached is a fault, not absent") {
  Disk disk;
  disk.write("home/.config", "");  // a file where a folder should be: there is no configuration
  CHECK(!disk.load().fault);
  std::filesystem::remove(disk.path("home/.config"));
  disk.write("home/.config/temper/x", "");
  std::filesystem::create_symlink("config.toml", disk.path("home/.config/temper/config.toml"));
  const Settings settings = disk.load();
  REQUIRE(settings.fault);
  CHECK(settings.fault->message == "cannot open " + disk.path("home/.config/temper/config.toml") +
                                       ": Too many levels of symbolic links");
}

TEST_CASE("settings: folders of models are absolute, or from home") {
  Disk disk;
  disk.write("home/repo/temper.toml", "[models]\npaths = [\"~/m\", \"/x/../y\"]\n");
  Settings settings = disk.load();
  REQUIRE(!settings.fault);
  CHECK(model_folders(settings.config, disk.environment()) ==
        std::vector<std::string>{disk.path("home/m"), "/y"});

  disk.write("home/repo/temper.toml", "[models]\npaths = [\"m\"]\n");
  settings = disk.load();
  REQUIRE(settings.fault);
  CHECK(settings.fault->message ==
        "~/repo/temper.toml:2: \"models.paths\" must hold paths that start with / or ~/, not "
        "\"m\".");
}

}  // namespace
}  // namespace temper::cli
