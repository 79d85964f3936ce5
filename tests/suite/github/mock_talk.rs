//! The mock's conversation: pull requests, reviews, comments, check runs. It remembers what it is told.

use bytes::Bytes;
use serde_json::{Value, json};

use super::mock::{Access, Asked, State, Told, is_number};

/// The longest body of a comment.
const LONGEST_BODY: usize = 65_536;
/// The longest summary or text of a check run.
const LONGEST_SUMMARY: usize = 65_535;

/// The answer, if the request is about a pull request, a comment or a check run.
pub fn route(state: &mut State, asked: &Asked) -> Option<Told> {
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    if path == ["user"] && asked.method == "GET" {
        return Some(match asked.access {
            Access::Administer => Told::json(200, &json!({"login": "admin", "type": "User"})),
            Access::Anonymous => Told::refusal(401, "Requires authentication"),
            Access::Read | Access::Write => Told::forbidden(""),
            Access::Person => Told::json(200, &json!({"login": "ana", "type": "User"})),
        });
    }
    if let ["orgs", of, "teams", team, "memberships", login] = path.as_slice() {
        let people = state.fixture.teams.get(&format!("{of}/{team}"));
        let is_in = people.is_some_and(|people| people.iter().any(|known| known == login));
        let url = format!("{}/teams/1/memberships/{login}", asked.base);
        return Some(match asked.access {
            Access::Administer if is_in => Told::json(200, &json!({"state": "active", "role": "member", "url": url})),
            Access::Administer => Told::refusal(404, "Not Found"),
            Access::Anonymous | Access::Read | Access::Write | Access::Person => Told::forbidden("members=read"),
        });
    }
    let ["repos", owner, name, rest @ ..] = path.as_slice() else {
        return None;
    };
    if format!("{owner}/{name}") != state.fixture.repository {
        return None;
    }
    match (asked.method.as_str(), rest) {
        ("GET", ["pulls", number]) => Some(
            number
                .parse()
                .ok()
                .and_then(|number: u64| state.fixture.pulls.get(&number))
                .map_or_else(|| Told::refusal(404, "Not Found"), |pull| Told::json(200, pull)),
        ),
        ("GET", ["pulls", number, "reviews"]) => {
            let reviews = number
                .parse()
                .ok()
                .and_then(|number: u64| state.fixture.reviews.get(&number));
            Some(page(asked, &reviews.cloned().unwrap_or_default()))
        }
        ("GET", ["collaborators", login, "permission"]) => {
            let permission = state.fixture.collaborators.get(*login).map_or("none", String::as_str);
            let body = json!({"permission": permission, "role_name": permission, "user": {"login": login}});
            Some(Told::json(200, &body))
        }
        ("GET", ["issues", number, "comments"]) => {
            let comments = state
                .comments
                .iter()
                .filter(|comment| is_number(&comment["issue"], number));
            Some(page(asked, &comments.cloned().collect::<Vec<_>>()))
        }
        (_, ["issues"] | ["issues", _]) => issue(state, asked, rest),
        ("POST" | "PATCH" | "DELETE", ["issues", ..]) => Some(comment(state, asked, rest)),
        ("GET", ["commits", sha, "check-runs"]) => {
            let name = asked.query.get("check_name");
            let runs = state
                .check_runs
                .iter()
                .filter(|run| run["head_sha"] == **sha && name.is_none_or(|name| run["name"] == **name));
            let runs: Vec<&Value> = runs.collect();
            Some(Told::json(200, &json!({"total_count": runs.len(), "check_runs": runs})))
        }
        ("GET", ["actions", "workflows", workflow, "runs"]) => {
            let runs = state.fixture.scheduled.iter().filter(|(file, _)| file == workflow);
            let runs: Vec<Value> = runs
                .enumerate()
                .map(|(at, (_, sha))| json!({"id": 9_000 - at, "event": "schedule", "status": "completed", "head_sha": sha}))
                .collect();
            Some(Told::json(
                200,
                &json!({"total_count": runs.len(), "workflow_runs": runs}),
            ))
        }
        ("POST", ["check-runs"]) | ("PATCH", ["check-runs", _]) => Some(check_run(state, asked, rest)),
        _ => None,
    }
}

/// Gives the fixture's comments their ids.
pub fn place_comments(state: &mut State) {
    for mut comment in std::mem::take(&mut state.fixture.comments) {
        state.last_id += 1;
        comment["id"] = json!(state.last_id);
        state.comments.push(comment);
    }
}

fn author(access: Access) -> Value {
    match access {
        Access::Administer => json!({"login": "admin", "type": "User"}),
        Access::Person => json!({"login": "ana", "type": "User"}),
        Access::Anonymous | Access::Read | Access::Write => json!({"login": "github-actions[bot]", "type": "Bot"}),
    }
}

fn may_write(asked: &Asked, permission: &str) -> Option<Told> {
    match asked.access {
        Access::Write | Access::Administer => None,
        Access::Read | Access::Person => Some(Told::forbidden(permission)),
        Access::Anonymous => Some(Told::refusal(401, "Requires authentication")),
    }
}

/// The issues: listed, opened, changed.
fn issue(state: &mut State, asked: &Asked, rest: &[&str]) -> Option<Told> {
    if asked.method != "GET"
        && let Some(refusal) = may_write(asked, "issues=write")
    {
        return Some(refusal);
    }
    match (asked.method.as_str(), rest) {
        ("GET", ["issues"]) => {
            let wanted = asked.query.get("state").map_or("open", String::as_str);
            let found = state
                .issues
                .iter()
                .filter(|issue| wanted == "all" || issue["state"] == *wanted);
            Some(page(asked, &found.cloned().collect::<Vec<_>>()))
        }
        ("POST", ["issues"]) => {
            let (title, body) = (
                asked.body["title"].as_str()?,
                asked.body["body"].as_str().unwrap_or_default(),
            );
            if title.is_empty() || title.chars().count() > 256 || body.len() > LONGEST_BODY {
                return Some(Told::refusal(422, "Validation Failed"));
            }
            state.last_id += 1;
            let number = state.issues.len() + 1;
            let made = json!({
                "id": state.last_id, "number": number, "title": title, "body": body, "state": "open",
                "user": author(asked.access),
            });
            state.issues.push(made.clone());
            Some(Told::json(201, &made))
        }
        ("PATCH", ["issues", number]) => {
            let Some(found) = state
                .issues
                .iter_mut()
                .find(|issue| is_number(&issue["number"], number))
            else {
                return Some(Told::refusal(404, "Not Found"));
            };
            for (key, value) in asked.body.as_object().into_iter().flatten() {
                found[key] = value.clone();
            }
            Some(Told::json(200, found))
        }
        _ => None,
    }
}

fn comment(state: &mut State, asked: &Asked, rest: &[&str]) -> Told {
    if let Some(refusal) = may_write(asked, "issues=write; pull_requests=write") {
        return refusal;
    }
    let body = asked.body["body"].as_str().unwrap_or_default();
    if body.len() > LONGEST_BODY {
        return Told::refusal(422, "Validation Failed: Body is too long (maximum is 65536 characters)");
    }
    if asked.method != "DELETE" && body.is_empty() {
        return Told::refusal(422, "Validation Failed: body can't be blank");
    }
    match (asked.method.as_str(), rest) {
        ("POST", ["issues", number, "comments"]) => {
            state.last_id += 1;
            let mut made = json!({
                "id": state.last_id, "issue": number.parse::<u64>().unwrap_or_default(), "body": body,
                "user": author(asked.access), "performed_via_github_app": null,
            });
            if asked.access == Access::Write {
                made["performed_via_github_app"] = json!({"id": 15_368, "slug": "github-actions"});
            }
            state.comments.push(made.clone());
            Told::json(201, &made)
        }
        ("PATCH" | "DELETE", ["issues", "comments", id]) => {
            let Some(at) = state.comments.iter().position(|comment| is_number(&comment["id"], id)) else {
                return Told::refusal(404, "Not Found");
            };
            if asked.method == "DELETE" {
                state.comments.remove(at);
                return Told {
                    status: 204,
                    headers: Vec::new(),
                    body: Bytes::new(),
                };
            }
            state.comments[at]["body"] = json!(body);
            Told::json(200, &state.comments[at])
        }
        _ => Told::refusal(501, "unexpected"),
    }
}

fn check_run(state: &mut State, asked: &Asked, rest: &[&str]) -> Told {
    if let Some(refusal) = may_write(asked, "checks=write") {
        return refusal;
    }
    if let Some(refusal) = invalid_run(&asked.body, &asked.method) {
        return refusal;
    }
    let annotations = asked.body["output"]["annotations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let id = match rest {
        ["check-runs", id] => id.parse().unwrap_or_default(),
        _ => {
            state.last_id += 1;
            let app = match asked.access {
                Access::Administer => json!({"id": 2, "slug": "admin"}),
                Access::Anonymous | Access::Read | Access::Person | Access::Write => {
                    json!({"id": 15_368, "slug": "github-actions"})
                }
            };
            state
                .check_runs
                .push(json!({"id": state.last_id, "annotations": [], "app": app}));
            state.last_id
        }
    };
    let Some(run) = state.check_runs.iter_mut().find(|run| run["id"] == id) else {
        return Told::refusal(404, "Not Found");
    };
    for (key, value) in asked.body.as_object().into_iter().flatten() {
        run[key] = value.clone();
    }
    if let Some(kept) = run["annotations"].as_array_mut() {
        kept.extend(annotations);
    }
    if let Some(output) = run["output"].as_object_mut() {
        output.remove("annotations");
    }
    let mut told = run.clone();
    told["output"]["annotations_count"] = json!(told["annotations"].as_array().map_or(0, Vec::len));
    Told::json(if rest.len() == 1 { 201 } else { 200 }, &told)
}

fn invalid_run(body: &Value, method: &str) -> Option<Told> {
    let refuse = |message: &str| Some(Told::refusal(422, &format!("Invalid request.\n\n{message}")));
    if method == "POST" && (body["name"].as_str().is_none_or(str::is_empty) || !body["head_sha"].is_string()) {
        return refuse("\"name\" and \"head_sha\" weren't supplied.");
    }
    if body["status"] == "completed" && !body["conclusion"].is_string() {
        return refuse("\"conclusion\" wasn't supplied.");
    }
    let output = &body["output"];
    if output.is_null() {
        return None;
    }
    if !output["title"].is_string() || !output["summary"].is_string() {
        return refuse("\"title\" and \"summary\" weren't supplied.");
    }
    let is_long = |key: &str| {
        output[key]
            .as_str()
            .is_some_and(|text| text.chars().count() > LONGEST_SUMMARY)
    };
    if is_long("summary") || is_long("text") {
        return refuse("Only 65535 characters are allowed.");
    }
    let annotations = output["annotations"].as_array().cloned().unwrap_or_default();
    if annotations.len() > 50 {
        return refuse("No more than 50 items are allowed; more were supplied.");
    }
    annotations
        .iter()
        .find_map(invalid_annotation)
        .and_then(|why| refuse(&why))
}

fn invalid_annotation(annotation: &Value) -> Option<String> {
    for key in ["path", "message"] {
        if annotation[key].as_str().is_none_or(str::is_empty) {
            return Some(format!("\"{key}\" wasn't supplied: {annotation}"));
        }
    }
    let (start, end) = (annotation["start_line"].as_u64(), annotation["end_line"].as_u64());
    if start.is_none_or(|start| start == 0) || end < start {
        return Some(format!("lines are wrong: {annotation}"));
    }
    let has_columns = !annotation["start_column"].is_null() || !annotation["end_column"].is_null();
    if has_columns && start != end {
        return Some(format!("columns over several lines: {annotation}"));
    }
    if annotation["message"].as_str().is_some_and(|text| text.len() > 64 << 10) {
        return Some("a message is longer than 64 KB".to_owned());
    }
    if annotation["title"]
        .as_str()
        .is_some_and(|text| text.chars().count() > 255)
    {
        return Some("a title is longer than 255 characters".to_owned());
    }
    let is_level = matches!(
        annotation["annotation_level"].as_str(),
        Some("notice" | "warning" | "failure")
    );
    (!is_level).then(|| format!("annotation_level is wrong: {annotation}"))
}

/// A page of a listing, with the links that lead on.
pub fn page(asked: &Asked, all: &[Value]) -> Told {
    let number = |key: &str, default: usize| {
        asked
            .query
            .get(key)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (size, at) = (number("per_page", 30).clamp(1, 100), number("page", 1).max(1));
    let start = ((at - 1) * size).min(all.len());
    let end = (start + size).min(all.len());
    let told = Told::json(200, &json!(all[start..end]));
    if end == all.len() {
        return told;
    }
    let address = format!(
        "{}/{}?per_page={size}&page={}",
        asked.base,
        asked.path.join("/"),
        at + 1
    );
    told.with("link", &format!("<{address}>; rel=\"next\""))
}
