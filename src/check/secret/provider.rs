//! The formats in which providers hand out secrets, from their documentation.

use std::sync::OnceLock;

use regex::bytes::Regex;

use super::sighting::Family;

/// One format.
pub(super) struct Format {
    /// What it is, with its article: "a live secret key".
    pub(super) what: &'static str,
    /// What a person may be shown of it.
    pub(super) prefix: &'static str,
    /// Which family it belongs to.
    pub(super) family: Family,
    /// The literals that it starts with: each finds candidates in the one pass.
    pub(super) starts: &'static [&'static str],
    /// The whole of it, from its first byte on.
    pub(super) pattern: &'static str,
}

const fn token(
    what: &'static str,
    prefix: &'static str,
    starts: &'static [&'static str],
    pattern: &'static str,
) -> Format {
    Format {
        what,
        prefix,
        family: Family::Token,
        starts,
        pattern,
    }
}

/// All formats; the first of two that match at one place counts.
pub(super) const FORMATS: &[Format] = &[
    token(
        "an AWS access key id",
        "AKIA",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r"A[KSBC][IC]A([A-Z2-7]{16})\b",
    ),
    token(
        "a GitHub token",
        "gh?_",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        r"gh[pousr]_([A-Za-z0-9]{36,251})\b",
    ),
    token(
        "a GitHub token",
        "github_pat_",
        &["github_pat_"],
        r"github_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b",
    ),
    token(
        "a GitLab token",
        "gl…-",
        &["glpat-", "gldt-", "glrt-", "glcbt-"],
        r"gl(?:pat|dt|rt|cbt)-([A-Za-z0-9_-]{20,64})",
    ),
    token(
        "a Slack token",
        "xox",
        &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"],
        r"xox[bpars]-([0-9]{8,}-[0-9A-Za-z-]{20,})",
    ),
    token(
        "a Slack app token",
        "xapp-",
        &["xapp-"],
        r"xapp-([0-9]-A[A-Z0-9]+-[0-9]+-[a-f0-9]{32,})",
    ),
    token(
        "a Slack webhook",
        "hooks.slack.com/services/",
        &["hooks.slack.com/services/"],
        r"hooks\.slack\.com/services/(T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{24})",
    ),
    token(
        "a live secret key",
        "sk_live_",
        &["sk_live_"],
        r"sk_live_([A-Za-z0-9]{16,247})",
    ),
    token(
        "a live restricted key",
        "rk_live_",
        &["rk_live_"],
        r"rk_live_([A-Za-z0-9]{16,247})",
    ),
    token(
        "a webhook's signing secret",
        "whsec_",
        &["whsec_"],
        r"whsec_([A-Za-z0-9+/]{24,}=*)",
    ),
    Format {
        what: "a test mode's secret key",
        prefix: "sk_test_",
        family: Family::TestToken,
        starts: &["sk_test_", "rk_test_"],
        pattern: r"[sr]k_test_([A-Za-z0-9]{16,247})",
    },
    token(
        "a Google API key",
        "AIza",
        &["AIza"],
        r"AIza([0-9A-Za-z_-]{35})(?:[^0-9A-Za-z_-]|$)",
    ),
    token(
        "a Google OAuth client secret",
        "GOCSPX-",
        &["GOCSPX-"],
        r"GOCSPX-([A-Za-z0-9_-]{28})",
    ),
    token(
        "a Google OAuth refresh token",
        "1//0",
        &["1//0"],
        r"1//0([A-Za-z0-9_-]{40,})",
    ),
    token(
        "a SendGrid key",
        "SG.",
        &["SG."],
        r"SG\.([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})",
    ),
    token("a Mailgun key", "key-", &["key-"], r"key-([0-9a-f]{32})\b"),
    token("a Twilio API key", "SK", &["SK"], r"SK([0-9a-f]{32})\b"),
    token(
        "an Anthropic key",
        "sk-ant-",
        &["sk-ant-"],
        r"sk-ant-[a-z]{3,5}[0-9]{2}-([A-Za-z0-9_-]{80,120})",
    ),
    token(
        "an OpenAI key",
        "sk-",
        &["sk-proj-", "sk-svcacct-", "sk-admin-"],
        r"sk-(?:proj|svcacct|admin)-([A-Za-z0-9_-]{40,200})",
    ),
    token(
        "an OpenAI key",
        "sk-",
        &["sk-"],
        r"sk-([A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})",
    ),
    token("a Groq key", "gsk_", &["gsk_"], r"gsk_([A-Za-z0-9]{52})\b"),
    token("a Hugging Face token", "hf_", &["hf_"], r"hf_([A-Za-z]{34})\b"),
    token("an npm token", "npm_", &["npm_"], r"npm_([A-Za-z0-9]{36})\b"),
    token(
        "a PyPI token",
        "pypi-",
        &["pypi-AgEIcHlwaS5vcmc"],
        r"pypi-AgEIcHlwaS5vcmc([A-Za-z0-9_-]{50,})",
    ),
    token(
        "a Supabase secret key",
        "sb_secret_",
        &["sb_secret_"],
        r"sb_secret_([A-Za-z0-9_-]{20,})",
    ),
    token(
        "a DigitalOcean token",
        "do?_v1_",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"do[opr]_v1_([a-f0-9]{64})\b",
    ),
    token(
        "a Shopify token",
        "shp",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        r"shp(?:at|ca|pa|ss)_([a-fA-F0-9]{32})\b",
    ),
    token(
        "a Resend key",
        "re_",
        &["re_"],
        r"re_([A-Za-z0-9]{8}_[A-Za-z0-9]{24})\b",
    ),
    token(
        "a Brevo key",
        "x…sib-",
        &["xkeysib-", "xsmtpsib-"],
        r"x(?:key|smtp)sib-([a-f0-9]{64}-[A-Za-z0-9]{16})",
    ),
    token(
        "a Linear key",
        "lin_api_",
        &["lin_api_"],
        r"lin_api_([A-Za-z0-9]{40})\b",
    ),
    token(
        "a Sentry auth token",
        "sntrys_",
        &["sntrys_eyJ"],
        r"sntrys_(eyJ[A-Za-z0-9+/=_-]{60,})",
    ),
    token("a Databricks token", "dapi", &["dapi"], r"dapi([a-f0-9]{32})\b"),
    token(
        "a PlanetScale password",
        "pscale_",
        &["pscale_pw_", "pscale_tkn_"],
        r"pscale_(?:pw|tkn)_([A-Za-z0-9_.-]{32,64})",
    ),
    token(
        "a Vercel Blob token",
        "vercel_blob_rw_",
        &["vercel_blob_rw_"],
        r"vercel_blob_rw_([A-Za-z0-9_]{30,})",
    ),
    token(
        "a Telegram bot's token",
        ":AA",
        &[":AA"],
        r":(AA[A-Za-z0-9_-]{33})(?:[^0-9A-Za-z_-]|$)",
    ),
];

/// The pattern of one of `FORMATS`, compiled where it is first asked for; the first group is what is random in it.
pub(super) fn pattern(index: usize) -> &'static Regex {
    static PATTERNS: [OnceLock<Regex>; FORMATS.len()] = [const { OnceLock::new() }; FORMATS.len()];
    PATTERNS[index].get_or_init(|| {
        regex::bytes::RegexBuilder::new(&format!("\\A(?:{})", FORMATS[index].pattern))
            .unicode(false)
            .build()
            .expect("the patterns are constant and tested")
    })
}
