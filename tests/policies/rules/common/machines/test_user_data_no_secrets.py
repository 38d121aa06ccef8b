import base64
import gzip

from modelyard_policies.aws.types import (
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
    VPC,
)
from modelyard_policies.azure.types import VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.graph import SECRET, UNKNOWN

PASSWORD = "#!/bin/bash\nexport DB_PASSWORD='hunter2'\n"
KEY = "#!/bin/bash\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"
FETCHED = '#!/bin/bash\nDB_PASSWORD="$(aws ssm get-parameter --name /db --with-decryption)"\n'


def packed(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


MESSAGE = (
    'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/x-shellscript\n'
    f"Content-Transfer-Encoding: base64\n\n{packed(PASSWORD)}\n--b--\n"
)


def machine(token=LAUNCH_TEMPLATE, **properties):
    return {"node": (token, properties)}


def scale_set(**profile):
    return machine(VIRTUAL_MACHINE_SCALE_SET, virtualMachineProfile=profile)


LOGIN = "#!/bin/bash\ndocker login acme.azurecr.io --username acme --password mJ8+Tq2Lw0Zr5Vx1\n"

CASES = {
    "bad": {
        "a password in a template": (
            machine(userData=packed(PASSWORD)),
            "node: userData: holds a password",
        ),
        "a key in an instance, plain": (
            machine(INSTANCE, userData=KEY),
            "node: userData: holds an AWS access key",
        ),
        "a key in an instance, encoded": (
            machine(INSTANCE, userDataBase64=packed(KEY)),
            "node: userDataBase64: holds an AWS access key",
        ),
        "a private key, compressed": (
            machine(
                SPOT_INSTANCE_REQUEST,
                userDataBase64=packed(gzip.compress(b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n")),
            ),
            "node: userDataBase64: holds a private key",
        ),
        "a part of a message": (
            machine(LAUNCH_CONFIGURATION, userDataBase64=packed(MESSAGE)),
            "node: userDataBase64: holds a password",
        ),
        "the custom data of a machine on Azure": (
            machine(VIRTUAL_MACHINE, osProfile={"adminUsername": "a", "customData": packed(PASSWORD)}),
            "node: osProfile.customData: holds a password",
        ),
        "what a scale set runs": (
            scale_set(userData=packed(KEY), osProfile={"customData": packed(LOGIN)}),
            "node: virtualMachineProfile.userData: holds an AWS access key",
            "node: virtualMachineProfile.osProfile.customData: holds a password",
        ),
        "beside a profile that isn't known": (
            machine(VIRTUAL_MACHINE, osProfile=UNKNOWN, userData=packed(PASSWORD)),
            "node: userData: holds a password",
        ),
        "beside what isn't known": (
            machine(INSTANCE, userData=UNKNOWN, userDataBase64=packed(PASSWORD)),
            "node: userDataBase64: holds a password",
        ),
    },
    "good": {
        "a script": (machine(userData=packed("#!/bin/bash\nmkdir -p /scratch\n")),),
        "a secret that is fetched": (machine(INSTANCE, userData=FETCHED),),
        "a script on Azure": (
            scale_set(osProfile={"customData": packed("#!/bin/bash\nmkdir -p /scratch\n")}),
        ),
        "no text": (machine(userData=packed(bytes(range(256)))),),
    },
    "unknown": {
        "user data that isn't known": (
            machine(userData=UNKNOWN),
            "node: userData: can't be judged: not known before the deployment",
        ),
        "custom data that isn't known": (
            scale_set(osProfile={"customData": UNKNOWN}),
            "node: virtualMachineProfile.osProfile.customData: can't be judged: not known before the deployment",
        ),
        "a profile that isn't known": (
            machine(VIRTUAL_MACHINE, osProfile=UNKNOWN),
            "node: osProfile: can't be judged: not known before the deployment",
        ),
        "user data that is a secret": (
            machine(INSTANCE, userData=SECRET),
            "node: userData: can't be judged: a secret",
        ),
    },
    "not applicable": {
        "no user data": (machine(),),
        "no custom data": (
            machine(VIRTUAL_MACHINE, osProfile={"adminUsername": "a", "adminPassword": SECRET}),
        ),
        "no machine": ({"vpc": (VPC, {})},),
    },
}


def test_verdict(case, check):
    check("CO8", case)
