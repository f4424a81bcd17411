#include "base/redact.h"

#include <doctest/doctest.h>

#include "base/utf8.h"

namespace temper {
namespace {

// Every result must also be its own.
std::string redacted(std::string_view text, const Redactor& redactor = {}) {
  std::string hidden = redactor.redact(text);
  CHECK(redactor.redact(hidden) == hidden);
  return hidden;
}

// A made-up key: `start` and `size` characters of that kind.
std::string key(std::string_view start, std::size_t size, std::string_view set = "aB3dE5gH7j") {
  std::string made(start);
  for (std::size_t at = 0; at < size; ++at) made += set[at % set.size()];
  return made;
}

TEST_CASE("redact: keys say by their beginning what they are") {
  const std::pair<std::string, std::string> rows[] = {
      {key("sk-", 48), "openai-key"},
      {key("sk-proj-", 60, "aB3_-eF4"), "openai-key"},
      {key("sk-or-v1-", 64, "0123456789abcdef"), "openai-key"},
      {key("sk-ant-api03-", 90, "aB-_cD"), "anthropic-key"},
      {key("ghp_", 36), "github-token"},
      {key("ghs_", 36), "github-token"},
      {key("github_pat_", 82, "aB3dE_"), "github-token"},
      {key("glpat-", 20), "gitlab-token"},
      {key("AKIA", 16, "ABCDEF234"), "aws-key"},
      {key("AIza", 35, "aB3-_"), "google-key"},
      {key("xoxb-", 40, "123456-"), "slack-token"},
      {key("hf_", 34), "huggingface-token"},
      {key("npm_", 36), "npm-token"},
      {key("eyJ", 30) + "." + key("eyJ", 40) + "." + key("", 43), "jwt"},
      {key("eyJ", 30) + "." + key("eyJ", 40), "jwt"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    const std::string marker = "[redacted:" + row.second + "]";
    CHECK(redacted(row.first) == marker);
    CHECK(redacted("x " + row.first + ", y") == "x " + marker + ", y");
    CHECK(redacted("\"" + row.first + "\"") == "\"" + marker + "\"");
    CHECK(redacted("line\\n" + row.first + "\\n") == "line\\n" + marker + "\\n");
    CHECK(redacted("a_" + row.first) == "a_" + marker);
    CHECK(redacted("x" + row.first) == "x" + row.first);  // in the middle of a word
  }
}

TEST_CASE("redact: a key right behind a colour or an escape of addresses") {
  const std::string token = key("ghp_", 36);
  for (const std::string before :
       {"\x1b[32m", "\x1b[m", "\x1b[1;31m", "\x1b[?25h", "\\u001b[32m", "\\u001B[0;1m", "\\x1b[32m",
        "\\033[38:2::1:2:3m", "\\e[K", "key%3D", "%20", "%3a"}) {
    CAPTURE(before);
    CHECK(redacted(before + token) == before + "[redacted:github-token]");
    CHECK(redacted(before + "DB_PASSWORD=hunter2") == before + "DB_PASSWORD=[redacted:password]");
  }
  CHECK(redacted("\x1b[32" + token + "m") == "\x1b[32" + token + "m");  // "g" ends the sequence
  CHECK(redacted("\x1b[" + token) == "\x1b[[redacted:github-token]");
  CHECK(redacted("\x1b" + token) == "\x1b[redacted:github-token]");
  CHECK(redacted("100%x" + token) == "100%x" + token);
}

TEST_CASE("redact: authorization headers") {
  CHECK(redacted("Authorization: Bearer abcdefgh1") ==
        "Authorization: Bearer [redacted:authorization]");
  CHECK(redacted("authorization: Basic dXNlcjpwYXNzd29yZA==\r\nHost: x") ==
        "authorization: Basic [redacted:authorization]\r\nHost: x");
  CHECK(redacted(R"({"Authorization": "Bearer aaaaaaaaaaB", "x": 1})") ==
        R"({"Authorization": "Bearer [redacted:authorization]", "x": 1})");
  CHECK(redacted("curl -H 'Proxy-Authorization: token abcDEFghi'") ==
        "curl -H 'Proxy-Authorization: token [redacted:authorization]'");
  CHECK(redacted("sent bearer a8f5f167f44f4964e6c998dee827110c to x") ==
        "sent bearer [redacted:authorization] to x");
}

TEST_CASE("redact: passwords in addresses") {
  CHECK(redacted("postgres://me:hunter2@db:5432/x") ==
        "postgres://me:[redacted:password]@db:5432/x");
  CHECK(redacted("https://u:p@ss:w?rd@host/") == "https://u:[redacted:password]@host/");
  CHECK(redacted("https://token:abc@h https://:x@h") ==
        "https://token:[redacted:password]@h https://:[redacted:password]@h");
  CHECK(redacted("https://" + key("ghp_", 36) + ":x-oauth-basic@github.com/a") ==
        "https://[redacted:github-token]:[redacted:password]@github.com/a");
}

TEST_CASE("redact: private keys") {
  const std::string body = key("MIIE", 60) + "\n" + key("", 64) + "\n";
  const std::string block =
      "-----BEGIN RSA PRIVATE KEY-----\n" + body + "-----END RSA PRIVATE KEY-----";
  CHECK(redacted("x\n" + block + "\ny") == "x\n[redacted:private-key]\ny");
  CHECK(redacted("-----BEGIN PRIVATE KEY-----\n" + body) == "[redacted:private-key]");  // cut off
  CHECK(redacted(block + block) == "[redacted:private-key][redacted:private-key]");
  CHECK(
      redacted("{\"key\":\"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n\"}") ==
      "{\"key\":\"[redacted:private-key]\\n\"}");
  CHECK(redacted("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nabc\n"
                 "-----END EC PRIVATE KEY-----") == "[redacted:private-key]");
}

TEST_CASE("redact: values by the name before them") {
  const std::pair<std::string, std::string> rows[] = {
      {"DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted:password]"},
      {"export GITHUB_TOKEN=abcdef123456; x", "export GITHUB_TOKEN=[redacted:secret]; x"},
      {"OPENAI_API_KEY='abc123def456'", "OPENAI_API_KEY='[redacted:secret]'"},
      {"SECRET_KEY_BASE=0123456789abcdef", "SECRET_KEY_BASE=[redacted:secret]"},
      {"AWS_SECRET_ACCESS_KEY=/abC1EFGHIJKLMNOPqrs2vwxyzABCDEFGHIJKL3x",
       "AWS_SECRET_ACCESS_KEY=[redacted:secret]"},
      {"aws_secret_access_key = abC1EFGHIJKLMNOPqrs2/vwxyzABCDEFGHIJKL3x",
       "aws_secret_access_key = [redacted:secret]"},
      {R"({"password": "letmein"})", R"({"password": "[redacted:password]"})"},
      {R"({"clientSecret":"a1b2c3d4e5"})", R"({"clientSecret":"[redacted:secret]"})"},
      {R"("{\"api_key\": \"a1b2c3d4e5\"}")", R"("{\"api_key\": \"[redacted:secret]\"}")"},
      {R"("{\"x\":1}\npassword=hunter22")", R"("{\"x\":1}\npassword=[redacted:password]")"},
      {R"(password = "a\"b12345")", R"(password = "[redacted:password]")"},
      {R"("secret":"a1b2c3secret":"a1b2c3d4")", R"("secret":"[redacted:secret]":"a1b2c3d4")"},
      {"password: hunter2", "password: [redacted:password]"},
      {"'password' => 'hunter2'", "'password' => '[redacted:password]'"},
      {"passwd := `hunter22`", "passwd := `[redacted:password]`"},
      {"?access_token=a1b2c3d4e5&x=1", "?access_token=[redacted:secret]&x=1"},
      {"--api-key=a1b2c3d4e5 run", "--api-key=[redacted:secret] run"},
      {"X-Api-Key: 550e8400-e29b-41d4-a716-446655440000", "X-Api-Key: [redacted:secret]"},
      {"//registry.npmjs.org/:_authToken=a1b2c3d4e5",
       "//registry.npmjs.org/:_authToken=[redacted:secret]"},
      {"passphrase: P@ss,word1!", "passphrase: P@ss,word1!"},  // a comma ends it: a known hole
      {"TOKEN_FOR_CI=a8f5f167f44f4964e6c998dee827110c", "TOKEN_FOR_CI=[redacted:secret]"},
      {R"({"token": "a8f5f167f44f4964e6c998de"})", R"({"token": "[redacted:secret]"})"},
      {"TOKEN=a1b2c3d4e5", "TOKEN=[redacted:secret]"},
      {"password2 = 'größer!1'", "password2 = '[redacted:password]'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CHECK(redacted(row.first) == row.second);
  }
}

TEST_CASE("redact: passwords by name, however they are written") {
  const std::pair<std::string, std::string> rows[] = {
      {R"({"password": "correct horse battery staple"})", R"({"password": "[redacted:password]"})"},
      {R"(DB_PASSWORD="a b1cdefgh" x)", R"(DB_PASSWORD="[redacted:password]" x)"},
      {R"("{\"password\": \"a b1cdefgh\"}")", R"("{\"password\": \"[redacted:password]\"}")"},
      {"SMTP_PASS=hunter2", "SMTP_PASS=[redacted:password]"},
      {"MYSQL_PWD=hunter2", "MYSQL_PWD=[redacted:password]"},
      {"DB_PASSWORD=YourDogAte5Pies!", "DB_PASSWORD=[redacted:password]"},
      {"PASSWORD=Example99secret", "PASSWORD=[redacted:password]"},
      {"DB_PASSWORD=hunter2,rest", "DB_PASSWORD=[redacted:password]"},
      {"DB_PASSWORD=x(y1Zabc", "DB_PASSWORD=[redacted:password]"},
      {"DB_PASSWORD=x:y=z&1 rest", "DB_PASSWORD=[redacted:password] rest"},
      {"(DB_PASSWORD=hunter2), x", "(DB_PASSWORD=[redacted:password]), x"},
      {R"("DB_PASSWORD=hunter2,rest\nx")", R"("DB_PASSWORD=[redacted:password]\nx")"},
      {"login --password hunter2 --token a1b2c3d4e5",
       "login --password [redacted:password] --token [redacted:secret]"},
      {"login --password 'a b1cdefgh'", "login --password '[redacted:password]'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CHECK(redacted(row.first) == row.second);
  }
  for (const char* text : {
           R"({"password": "Invalid user name or password"})",
           R"({"password": "must not be empty"})",
           "{\"password\": \"Enter it twice",
           "RENDER_PASS=true",
           "PWD=/home/me/work1",
           "OLDPWD=work1234",
           "DB_PASSWORD=yourpassword",
           "DB_PASSWORD=your_password_1",
           "API_KEY=os.environ[\"API_KEY\"]",
           "PASSWORD=getpass()",
           "--password to set it, --token for the other",
           "--password-file secret1",
       }) {
    CHECK(redacted(text) == text);
  }
}

TEST_CASE("redact: ordinary text and code stay as they are") {
  const char* const rows[] = {
      "token_count = 5",
      "max_tokens: 4096",
      "password = getpass()",
      "password = getpass.getpass('Password: ')",
      "const token = lexer.peek();",
      "Token token = next_token2;",
      "if token == \"abcdefgh123\" {",
      "return Token::Identifier;",
      "auto token: TokenKind = x",
      "api_key=os.environ[\"OPENAI_API_KEY\"]",
      "API_KEY=${API_KEY}",
      "API_KEY=$(cat key)",
      "API_KEY=<your key>",
      "API_KEY=your-api-key-12345",
      "api_key: \"sk-...\"",
      "password: ${{ secrets.PASSWORD }}",
      "f(token=token, password=password, secret=self.secret)",
      "password: str",
      "{\"password\": {\"type\": \"string\"}}",
      "{\"type\": \"password\", \"password\": \"Password\"}",
      "{\"bos_token\": \"<s>\", \"eos_token\": \"<|im_end|>\", \"pad_token\": \"[PAD]\"}",
      "{\"eos_token_id\": 128001, \"token\": \" world\", \"token\": \"JavaScript\"}",
      "{\"token\": 151645, \"logprob\": -0.25}",
      "EOS_TOKEN=128001",
      "TOKEN_LIMIT=100000",
      "T_TOKEN=T_OTHER_TOKEN,",
      "token_sha256 = e3b0c44298fc1c149afbf4c8996fb92427ae41e4",
      "{\"token_uri\": \"https://oauth2.googleapis.com/token2\"}",
      "GITHUB_TOKEN_FILE=/run/secrets/token1",
      "PASSWORD=/run/secrets/password1",
      "secret: web-tls-2",
      "std::string password_of(User user);",
      "the password: it is kept in a file",
      "Enter password:",
      "Password: \n",
      "Authorization: Bearer $TOKEN",
      "Authorization: Bearer ${TOKEN}",
      "f\"Bearer {token}\"",
      "Authorization: bearer tokens are described below",
      "bearer authentication-mechanisms",
      "https://host:8080/a@b",
      "http://[::1]:8080/x",
      "https://user:$PASS@host",
      "git@github.com:a/b.git",
      "sk-learn-contrib-and-other-packages",
      "task-sk-1",
      "hf_hub_download_with_a_long_name_and_more",
      "AKIAAAAA",
      "eyJust.a.word",
      "-----BEGIN PRIVATE KEY----- begins a block of base64",
      "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
      "\"-----BEGIN PRIVATE KEY-----\\n\" + encoded",
      "{\"token\": \"function1(\", \"logprob\": -1}",
      "{\"token\": \"(x1,y1);\", \"x\": 1}",
      "next_token = page12abc",
      "password: utf8mb4",
      "password: bcrypt2",
      "{\"password\": \"Contraseña\"}",
      "sk-2024-report-for-bratislava-11.pdf",
      "http://localhost:3000,admin@example.com",
      "monkey = \"abc123def456\"",
      "key = \"abc123def456\"",
      "commit a8f5f167f44f4964e6c998dee827110ca8f5f167",
      "[redacted:password] and [redacted:",
  };
  for (const char* text : rows) CHECK(redacted(text) == text);
}

TEST_CASE("redact: known secrets go wherever they stand") {
  Redactor redactor;
  CHECK(redactor.add_secret(" correct horse\n"));
  CHECK(redactor.add_secret("pa\"ss\\word"));
  CHECK(redactor.add_secret("horse battery"));
  CHECK(redacted("say correct horse!", redactor) == "say [redacted:secret]!");
  CHECK(redacted("xcorrect horsex", redactor) == "x[redacted:secret]x");
  CHECK(redacted("a correct horse battery b", redactor) == "a [redacted:secret] b");
  CHECK(redacted(R"({"a":"pa\"ss\\word"})", redactor) == R"({"a":"[redacted:secret]"})");
  CHECK(redacted("pa\"ss\\word", redactor) == "[redacted:secret]");
  CHECK(redacted("correct hors", redactor) == "correct hors");
}

TEST_CASE("redact: known secrets go in every writing of JSON") {
  Redactor redactor;
  CHECK(redactor.add_secret("abc/def/ghi"));
  CHECK(redactor.add_secret("größ/er1"));
  CHECK(redactor.add_secret("horse \U0001F600!"));
  for (const char* text :
       {R"(abc/def/ghi)", R"(abc\/def\/ghi)", "größ/er1", R"(größ\/er1)", R"(gr\u00f6\u00df/er1)",
        R"(gr\u00F6\u00DF/er1)", R"(gr\u00f6\u00df\/er1)", R"(horse \ud83d\ude00!)"}) {
    CAPTURE(text);
    CHECK(redacted(text, redactor) == "[redacted:secret]");
  }
}

TEST_CASE("redact: a known secret that overlaps itself goes whole") {
  Redactor redactor;
  CHECK(redactor.add_secret("abcabc"));
  CHECK(redacted("x abcabcabc x", redactor) == "x [redacted:secret] x");
}

TEST_CASE("redact: what cannot be hidden well is not taken") {
  Redactor redactor;
  CHECK(!redactor.add_secret("short"));
  CHECK(!redactor.add_secret("  short  "));
  CHECK(!redactor.add_secret(""));
  CHECK(!redactor.add_secret("redacted"));
  CHECK(!redactor.add_secret("secret]"));
  CHECK(!redactor.add_secret("github-token"));
  CHECK(redacted("a secret token", redactor) == "a secret token");
}

// Much that begins like a secret and is none, or is one and never ends. No time is
// asserted, but one that is not proportional to the length would be felt: minutes.
TEST_CASE("redact: long rows of beginnings are read like any text") {
  Redactor redactor;
  redactor.add_secret("aaaaaaaaaaaaaaaaaaab");
  const std::size_t size = 400000;
  for (std::string_view piece : {"sk-",
                                 "eyJ-",
                                 "token=",
                                 "token=\"",
                                 "token='a\"",
                                 "token:",
                                 "a_token=\\\"",
                                 "://a:",
                                 "://",
                                 "-----BEGIN PRIVATE KEY-----",
                                 "bearer ",
                                 "a",
                                 "aaaaaaaaaaaaaaaaaaa ",
                                 "[redacted:",
                                 "\\u00",
                                 "password=\\",
                                 "token =  ",
                                 "authorization: basic ",
                                 "A_PASSWORD=",
                                 "A_PASSWORD=$",
                                 "A_PASSWORD=x(",
                                 "password=\"a ",
                                 "--token ",
                                 "ghp_",
                                 "AKIA",
                                 "{${"}) {
    std::string text;
    while (text.size() < size) text += piece;
    CAPTURE(piece);
    const std::string hidden = redactor.redact(text);
    CHECK((redactor.redact(hidden) == hidden));  // without printing it
    CHECK(is_valid_utf8(hidden));
  }
}

}  // namespace
}  // namespace temper
