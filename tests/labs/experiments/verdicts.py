"""What the tests of the experiments share: a verdict as name -> what it says."""
SAME, WORSE, BETTER = "no difference beyond seed noise", "worse", "better"


def says(race, against=None):
    """name -> what the verdict says of it against the best, or against the one named."""
    lines = [line for line in race.verdict(against).split("\n")[2:] if "), " in line]
    return {line.split(":")[0].split(" at base_lr")[0]: line.rstrip(".").split("), ")[1] for line in lines}


def mean(race, name):
    return race.val_losses(name).mean()


def accuracy(race, name):
    runs = race.of(name)
    return sum(run.val_accuracy for run in runs) / len(runs)
