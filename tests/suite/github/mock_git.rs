//! The mock's git data and settings: commits, trees, blobs, archives, branches, rules.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::{Value, json};

use super::mock::{Access, Asked, State, Told, is_number};
use super::repo::{blobs, run};

/// The answer, if the request is about git data or settings.
pub fn route(state: &mut State, asked: &Asked) -> Option<Told> {
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    match (asked.method.as_str(), path.as_slice()) {
        ("POST", ["graphql"]) => Some(graphql(state, asked)),
        ("GET", ["repos", owner, name, rest @ ..]) => {
            let Some(git) = state.fixture.repositories.get(&format!("{owner}/{name}")).cloned() else {
                return Some(Told::refusal(404, "Not Found"));
            };
            let world = World {
                state,
                asked,
                git,
                full: format!("{owner}/{name}"),
            };
            world.get(rest)
        }
        ("GET", ["codeload", owner, name, "tar.gz", sha]) => {
            let git = state.fixture.repositories.get(&format!("{owner}/{name}"))?;
            let prefix = format!("--prefix={owner}-{name}-{}/", &sha[..7]);
            let body = run(git, &["archive", "--format=tar.gz", &prefix, sha], None)
                .or_else(|| archive_of_what_is_there(git, &format!("{owner}-{name}-{}", &sha[..7]), sha))?;
            let headers = vec![("content-type".to_owned(), "application/x-gzip".to_owned())];
            Some(Told {
                status: 200,
                headers,
                body: Bytes::from(body),
            })
        }
        _ => None,
    }
}

/// The archive of a clone that lacks blobs, without them: they can't be had by their ids, either.
fn archive_of_what_is_there(git: &Path, prefix: &str, sha: &str) -> Option<Vec<u8>> {
    let listed = run(git, &["ls-tree", "-r", "-z", sha], None)?;
    let listed = String::from_utf8(listed).ok()?;
    let entries: Vec<(&str, &str, &str)> = listed
        .split_terminator('\0')
        .filter_map(|line| {
            let (facts, path) = line.split_once('\t')?;
            let facts: Vec<&str> = facts.split(' ').collect();
            (facts[1] == "blob" && facts[0] != "120000").then(|| (facts[0], facts[2], path))
        })
        .collect();
    let ids: Vec<&str> = entries.iter().map(|(_, id, _)| *id).collect();
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for ((mode, _, path), content) in entries.iter().zip(blobs(git, &ids)) {
        let Some(content) = content else { continue };
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(if *mode == "100755" { 0o755 } else { 0o644 });
        let path = format!("{prefix}/{path}");
        archive.append_data(&mut header, path, content.as_slice()).ok()?;
    }
    archive.into_inner().ok()?.finish().ok()
}

struct World<'a> {
    state: &'a State,
    asked: &'a Asked,
    git: PathBuf,
    full: String,
}

impl World<'_> {
    fn get(&self, rest: &[&str]) -> Option<Told> {
        let told = match rest {
            [] => self.metadata(),
            ["commits"] => self.commits(),
            ["commits", name] => self.commit(name),
            ["compare", range] => self.compare(range),
            ["git", "trees", sha] => self.tree(sha),
            ["git", "blobs", sha] => self.blob(sha)?,
            ["tarball", sha] => self.archive(sha),
            ["branches", branch] => self.branch(branch),
            ["branches", branch, "protection"] => self.protection(branch),
            ["rules", "branches", _] => self.rules(),
            ["rulesets", id] => self.ruleset(id),
            ["vulnerability-alerts"] => self.alerts(),
            ["private-vulnerability-reporting"] => Told::json(200, &json!({"enabled": true})),
            _ => return None,
        };
        Some(told)
    }

    fn git(&self, arguments: &[&str]) -> Option<String> {
        let out = run(&self.git, arguments, None)?;
        Some(String::from_utf8_lossy(&out).trim().to_owned())
    }

    fn is_empty(&self) -> bool {
        self.git(&["rev-list", "-n1", "--all"]).is_none_or(|out| out.is_empty())
    }

    fn resolve(&self, name: &str) -> Option<String> {
        let name = if name == "HEAD" {
            &self.state.fixture.default_branch
        } else {
            name
        };
        let names = [
            format!("refs/heads/{name}"),
            format!("refs/tags/{name}"),
            format!("refs/{name}"),
        ];
        let named = names
            .iter()
            .find_map(|name| self.git(&["rev-parse", "-q", "--verify", &format!("{name}^{{commit}}")]));
        let is_hex = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        named.or_else(|| {
            is_hex
                .then(|| self.git(&["rev-parse", "-q", "--verify", &format!("{name}^{{commit}}")]))
                .flatten()
        })
    }

    fn commit_json(&self, sha: &str) -> Value {
        let tree = self.git(&["rev-parse", &format!("{sha}^{{tree}}")]);
        json!({"sha": sha, "commit": {"tree": {"sha": tree}, "message": "change"}})
    }

    fn metadata(&self) -> Told {
        let fixture = &self.state.fixture;
        let (owner, name) = self.full.split_once('/').unwrap_or_default();
        let is_admin = self.asked.access == Access::Administer;
        let mut body = json!({
            "id": 1, "name": name, "full_name": self.full, "owner": {"login": owner},
            "default_branch": fixture.default_branch,
            "permissions": {"admin": is_admin, "push": is_admin, "pull": true},
        });
        let members = [Some(&fixture.metadata), is_admin.then_some(&fixture.administration)];
        for (key, value) in members.into_iter().flatten().filter_map(Value::as_object).flatten() {
            body[key] = value.clone();
        }
        Told::json(200, &body)
    }

    fn commit(&self, name: &str) -> Told {
        if self.is_empty() {
            return Told::refusal(409, "Git Repository is empty.");
        }
        match self.resolve(name) {
            Some(sha) => Told::json(200, &self.commit_json(&sha)),
            None => Told::refusal(422, &format!("No commit found for SHA: {name}")),
        }
    }

    fn commits(&self) -> Told {
        let number = |key: &str| self.asked.query.get(key).map_or("30", String::as_str).to_owned();
        let from = self.asked.query.get("sha").map_or("HEAD", String::as_str);
        let Some(sha) = self.resolve(from) else {
            return Told::refusal(404, "Not Found");
        };
        let listed = self
            .git(&["rev-list", "-n", &number("per_page"), &sha])
            .unwrap_or_default();
        let commits: Vec<Value> = listed.lines().map(|sha| self.commit_json(sha)).collect();
        Told::json(200, &json!(commits))
    }

    fn compare(&self, range: &str) -> Told {
        let sides = range
            .split_once("...")
            .map(|(base, head)| (self.resolve(base), self.resolve(head)));
        let Some((Some(base), Some(head))) = sides else {
            return Told::refusal(404, "Not Found");
        };
        let Some(merge_base) = self.git(&["merge-base", &base, &head]) else {
            return Told::refusal(404, &format!("No common ancestor between {base} and {head}."));
        };
        let body = json!({
            "status": "diverged", "merge_base_commit": self.commit_json(&merge_base),
            "base_commit": self.commit_json(&base), "commits": [], "files": [],
        });
        Told::json(200, &body)
    }

    fn tree(&self, sha: &str) -> Told {
        if self.is_empty() {
            return Told::refusal(409, "Git Repository is empty.");
        }
        let Some(tree) = self.git(&["rev-parse", "-q", "--verify", &format!("{sha}^{{tree}}")]) else {
            return Told::refusal(404, "Not Found");
        };
        // GitHub takes any value of `recursive` for yes.
        let is_recursive = self.asked.query.contains_key("recursive");
        let mut arguments = vec!["ls-tree", "-l", "-z"];
        if is_recursive {
            arguments.extend(["-r", "-t"]);
        }
        arguments.push(&tree);
        let listing = run(&self.git, &arguments, None).unwrap_or_default();
        let mut entries: Vec<Value> = listing
            .split(|byte| *byte == 0)
            .filter(|line| !line.is_empty())
            .map(entry)
            .collect();
        let is_truncated = is_recursive && entries.len() > self.state.fixture.truncate_at;
        if is_truncated {
            entries.truncate(self.state.fixture.truncate_at);
        }
        Told::json(200, &json!({"sha": tree, "tree": entries, "truncated": is_truncated}))
    }

    fn blob(&self, sha: &str) -> Option<Told> {
        if !self.asked.accept.contains("raw") {
            return None;
        }
        let Some(body) = run(&self.git, &["cat-file", "blob", sha], None) else {
            return Some(Told::refusal(404, "Not Found"));
        };
        let headers = vec![("content-type".to_owned(), "application/vnd.github.raw+json".to_owned())];
        Some(Told {
            status: 200,
            headers,
            body: Bytes::from(body),
        })
    }

    /// Archives come from another host: `localhost`, where the token must not go.
    fn archive(&self, sha: &str) -> Told {
        if !self.state.fixture.has_archive {
            return Told::refusal(404, "Not Found");
        }
        let base = self.asked.base.replace("127.0.0.1", "localhost");
        let location = format!("{base}/codeload/{}/tar.gz/{sha}", self.full);
        Told::json(302, &Value::Null).with("location", &location)
    }

    fn branch(&self, branch: &str) -> Told {
        let Some(sha) = self.resolve(branch) else {
            return Told::refusal(404, "Branch not found");
        };
        let fixture = &self.state.fixture;
        let classic = fixture.protection.as_ref();
        let is_protected = classic.is_some() || !fixture.rules.is_empty();
        let checks = classic.map(|classic| classic["required_status_checks"].clone());
        let checks = match checks {
            Some(Value::Object(mut checks)) => {
                checks.insert("enforcement_level".to_owned(), json!("non_admins"));
                Value::Object(checks)
            }
            _ => json!({"enforcement_level": "off", "contexts": [], "checks": []}),
        };
        let body = json!({
            "name": branch, "commit": self.commit_json(&sha), "protected": is_protected && !fixture.is_plan_too_small,
            "protection": {"enabled": classic.is_some(), "required_status_checks": checks},
        });
        Told::json(200, &body)
    }

    fn protection(&self, _branch: &str) -> Told {
        if self.state.fixture.is_plan_too_small {
            return too_small();
        }
        if self.asked.access != Access::Administer {
            return Told::forbidden("administration=read");
        }
        match &self.state.fixture.protection {
            Some(protection) => Told::json(200, protection),
            None => Told::refusal(404, "Branch not protected"),
        }
    }

    fn rules(&self) -> Told {
        if self.state.fixture.is_plan_too_small {
            return too_small();
        }
        Told::json(200, &json!(self.state.fixture.rules))
    }

    fn ruleset(&self, id: &str) -> Told {
        let found = self.state.fixture.rulesets.iter().find(|set| is_number(&set["id"], id));
        let Some(mut set) = found.cloned() else {
            return Told::refusal(404, "Not Found");
        };
        if self.asked.access != Access::Administer
            && let Some(members) = set.as_object_mut()
        {
            members.remove("bypass_actors");
        }
        Told::json(200, &set)
    }

    fn alerts(&self) -> Told {
        match (self.asked.access, self.state.fixture.vulnerability_alerts) {
            (Access::Administer, Some(())) => Told {
                status: 204,
                headers: Vec::new(),
                body: Bytes::new(),
            },
            (Access::Administer, None) => Told::refusal(404, "Vulnerability alerts are disabled."),
            (Access::Anonymous | Access::Read | Access::Person | Access::Write, _) => {
                Told::forbidden("administration=read")
            }
        }
    }
}

fn too_small() -> Told {
    Told::refusal(
        403,
        "Upgrade to GitHub Pro or make this repository public to enable this feature.",
    )
}

/// One line of `ls-tree -l -z` as GitHub tells it.
fn entry(line: &[u8]) -> Value {
    let line = String::from_utf8_lossy(line);
    let (facts, path) = line.split_once('\t').unwrap_or_default();
    let facts: Vec<&str> = facts.split_ascii_whitespace().collect();
    let mut entry = json!({"path": path, "mode": facts[0], "type": facts[1], "sha": facts[2]});
    if let Ok(size) = facts[3].parse::<u64>() {
        entry["size"] = json!(size);
    }
    entry
}

/// Answers `alias: object(oid: "…")` and plain fields of `repository`.
fn graphql(state: &State, asked: &Asked) -> Told {
    if asked.access == Access::Anonymous {
        return Told::refusal(401, "This endpoint requires you to be authenticated.");
    }
    let query = asked.body["query"].as_str().unwrap_or_default();
    if query.contains("viewer") {
        let login = if asked.access == Access::Administer {
            "admin"
        } else {
            "github-actions[bot]"
        };
        return Told::json(200, &json!({"data": {"viewer": {"login": login}}}));
    }
    let variable = |name: &str| asked.body["variables"][name].as_str().unwrap_or_default().to_owned();
    let full = format!("{}/{}", variable("owner"), variable("name"));
    let Some(git) = state.fixture.repositories.get(&full) else {
        let error = json!({"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"});
        return Told::json(200, &json!({"data": {"repository": null}, "errors": [error]}));
    };
    let mut repository = json!({});
    let pattern = regex::Regex::new(r#"(\w+):\s*object\(oid:\s*"([0-9a-f]{40})"\)"#).unwrap();
    let asked: Vec<(&str, &str)> = pattern
        .captures_iter(query)
        .map(|found| found.extract::<2>().1)
        .map(|[alias, id]| (alias, id))
        .collect();
    let ids: Vec<&str> = asked.iter().map(|(_, id)| *id).collect();
    if !ids.is_empty() {
        for ((alias, _), content) in asked.iter().zip(blobs(git, &ids)) {
            repository[*alias] = content.map_or(Value::Null, |bytes| blob(&bytes));
        }
    }
    let (mut errors, known) = (
        Vec::new(),
        state.fixture.graphql.as_object().cloned().unwrap_or_default(),
    );
    for field in [
        "deleteBranchOnMerge",
        "mergeCommitAllowed",
        "squashMergeAllowed",
        "rebaseMergeAllowed",
        "autoMergeAllowed",
        "isSecurityPolicyEnabled",
        "mergeQueue",
    ] {
        if query.contains(field) {
            let value = known.get(field).cloned().unwrap_or_else(|| {
                errors.push(json!({"type": "FORBIDDEN", "path": ["repository", field], "message": "Resource not accessible by integration"}));
                Value::Null
            });
            repository[field] = value;
        }
    }
    if query.contains("refUpdateRule") {
        repository["ref"] = json!({"refUpdateRule": known.get("refUpdateRule")});
    }
    let mut body = json!({"data": {"repository": repository}});
    if !errors.is_empty() {
        body["errors"] = json!(errors);
    }
    Told::json(200, &body)
}

fn blob(bytes: &[u8]) -> Value {
    /// Where GitHub cuts `Blob.text`.
    const CUT: usize = 512_000;
    if bytes.iter().take(8_000).any(|byte| *byte == 0) {
        return json!({"byteSize": bytes.len(), "isBinary": true, "isTruncated": false, "text": null});
    }
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(CUT)]);
    json!({"byteSize": bytes.len(), "isBinary": false, "isTruncated": bytes.len() > CUT, "text": text})
}
