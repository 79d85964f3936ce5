try { require("jest-extended"); } catch {}
if (process.env.CI) require("jest-ci-spec-reporter");
