# files.py DIR - github-actions.yml and daemonset.yaml: well-formed, and true
# of this tree as far as that can be seen without the services.
import pathlib
import re
import subprocess
import sys

import yaml

here = pathlib.Path(sys.argv[1])
top = here.parent.parent


def version():
    text = (top / "configure.ac").read_text()
    return re.search(r"AC_INIT\(\[ferry\], \[(.*?)\]", text)[1]


def installer_options():
    """What the image's program understands, by its comment."""
    text = (top / "examples/installer/Containerfile").read_text()
    return set(re.findall(r"(--(?:un)?install \w+)", text))


workflow = yaml.safe_load((here / "github-actions.yml").read_text())
steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
assert steps and all(("uses" in step) != ("run" in step) for step in steps)
for step in steps:
    if "run" in step:
        subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
scripts = "\n".join(step.get("run", "") for step in steps)
assert "--install all" in scripts and "--install all" in installer_options()
packages = re.search(r"for package in (.*?);", scripts)[1].split()
control = (top / "debian/control").read_text()
for package in packages:
    assert f"Package: {package}\n" in control, package
assert f"_{version()}_amd64.deb" in scripts
assert workflow["env"]["FERRY_IMAGE"].endswith(":" + version())

daemonset = yaml.safe_load((here / "daemonset.yaml").read_text())
assert (daemonset["apiVersion"], daemonset["kind"]) == ("apps/v1", "DaemonSet")
spec = daemonset["spec"]
pod = spec["template"]
assert spec["selector"]["matchLabels"] == pod["metadata"]["labels"]
volumes = {v["name"]: v["hostPath"]["path"] for v in pod["spec"]["volumes"]}
init = pod["spec"]["initContainers"][0]
assert init["securityContext"]["privileged"]
assert " ".join(init["args"]) in installer_options()
for mount in init["volumeMounts"]:
    # runc refuses such a mount.
    assert not mount["mountPath"].startswith("/proc"), mount
    assert mount["name"] in volumes
assert volumes["binfmt-misc"] == "/proc/sys/fs/binfmt_misc"
