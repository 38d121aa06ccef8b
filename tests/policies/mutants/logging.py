"""Mutants of what is recorded and detected on AWS."""

from mutating import Mutant, drop, mutant, put

ACCOUNT = "Stack modelyard-account"
TRAIL = "Trail account-trail"
DETECTOR = "Detector account-guardduty-eu-central-1"
FEATURE = "DetectorFeature account-guardduty"
RECORDER = "Recorder account-config-eu-central-1"
STATUS = "RecorderStatus account-config-eu-central-1"
HUB = "Account account-security-hub"
ENABLER = "Enabler account-inspector-eu-central-1"
GROUP = "LogGroup prod-watcher"
REGIONS = ("eu-central-1", "eu-west-1")

MUTANTS: dict[str, list[Mutant]] = {
    "LM1": [
        *(
            mutant(setting, put(TRAIL, setting, False), stack="account")
            for setting in ("isMultiRegionTrail", "enableLogFileValidation", "includeGlobalServiceEvents")
        ),
        mutant(
            "stopped",
            put(TRAIL, "enableLogging", False),
            fails=[ACCOUNT, f"{TRAIL}: enableLogging"],
            kin=[f"LM2 {TRAIL}: advancedEventSelectors"] * 2,
            stack="account",
        ),
        mutant("S3's own key", drop(TRAIL, "kmsKeyId"), stack="account"),
        mutant(
            "what only reads isn't recorded",
            put(
                TRAIL,
                "advancedEventSelectors[0].fieldSelectors[+]",
                {"field": "readOnly", "equals": ["false"]},
            ),
            fails=ACCOUNT,
            stack="account",
        ),
        mutant("none", drop(TRAIL), fails=ACCOUNT, kin=[f"LM2 {ACCOUNT}"] * 2, stack="account"),
    ],
    "LM2": [
        mutant(
            "no data events",
            drop(TRAIL, "advancedEventSelectors[1]"),
            fails=[f"{TRAIL}: advancedEventSelectors"] * 2,
            stack="account",
        ),
        mutant(
            "writes only",
            put(
                TRAIL,
                "advancedEventSelectors[1].fieldSelectors[+]",
                {"field": "readOnly", "equals": ["false"]},
            ),
            fails=f"{TRAIL}: advancedEventSelectors",
            stack="account",
        ),
    ],
    "LM3": [
        mutant("for a month", put(GROUP, "retentionInDays", 30)),
        mutant("the service's own key", drop(GROUP, "kmsKeyId")),
        mutant("for a week, in development", put("LogGroup dev-watcher", "retentionInDays", 7), stack="dev"),
    ],
    "LM4": [
        mutant("off", put(DETECTOR, "enable", False), stack="account"),
        mutant("none in one region", drop(DETECTOR), fails=ACCOUNT, stack="account"),
        *(
            mutant(
                f"without {feature}",
                put(f"{FEATURE}-{feature}-eu-central-1", "status", "DISABLED"),
                stack="account",
            )
            for feature in ("s3-data-events", "eks-audit-logs", "runtime-monitoring")
        ),
        mutant(
            "nobody asks for runtime monitoring",
            drop(f"{FEATURE}-runtime-monitoring-eu-central-1"),
            fails=DETECTOR,
            stack="account",
        ),
        mutant(
            "none",
            *(drop(f"Detector account-guardduty-{region}") for region in REGIONS),
            fails=ACCOUNT,
            stack="account",
        ),
    ],
    "LM5": [
        mutant("some types only", put(RECORDER, "recordingGroup.allSupported", False), stack="account"),
        mutant(
            "nothing that is global",
            put(RECORDER, "recordingGroup.includeGlobalResourceTypes", False),
            fails=[
                f"Recorder account-config-{region}: recordingGroup.includeGlobalResourceTypes"
                for region in REGIONS
            ],
            stack="account",
        ),
        mutant(
            "no recorder in one region",
            drop("Recorder account-config-eu-west-1"),
            fails=ACCOUNT,
            stack="account",
        ),
        mutant("stopped", put(STATUS, "isEnabled", False), stack="account"),
        mutant("never started", drop(STATUS), fails=RECORDER, stack="account"),
        mutant(
            "no recorders",
            *(drop(f"Recorder account-config-{region}") for region in REGIONS),
            fails=ACCOUNT,
            stack="account",
        ),
        mutant(
            "no Security Hub",
            *(drop(f"{HUB}-{region}") for region in REGIONS),
            fails=ACCOUNT,
            stack="account",
        ),
        mutant(
            "no standards",
            *(drop(f"StandardsSubscription account-security-hub-fsbp-{region}") for region in REGIONS),
            fails=[f"{HUB}-{region}: enableDefaultStandards" for region in REGIONS],
            stack="account",
        ),
    ],
    "LM6": [
        mutant("nothing is in one region", drop(ENABLER), fails=ACCOUNT, stack="account"),
        mutant("images aren't", put(ENABLER, "resourceTypes", ["EC2"]), stack="account"),
        mutant("machines aren't", put(ENABLER, "resourceTypes", ["ECR", "LAMBDA"]), stack="account"),
        mutant(
            "nothing is",
            *(drop(f"Enabler account-inspector-{region}") for region in REGIONS),
            fails=ACCOUNT,
            stack="account",
        ),
    ],
}
