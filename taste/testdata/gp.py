"""Reference values for TestPosteriorAgainstScikitLearn: scikit-learn's Gaussian process
with the kernel of one model. Run: python3 gp.py > gp.json (scikit-learn and numpy as
"made_with" says)."""
import json
import numpy
import sklearn
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

rng = numpy.random.default_rng(8)
n, m, d, sigma = 12, 5, 3, 0.2
x = rng.normal(size=(n + m, d))
y = rng.normal(scale=0.15, size=n)
noise = 0.01 + 0.02 * rng.random(n)
cases = []
for offset, smooth, own, length in [(0.5, 1.0, 0.25, 0.5), (1.0, 0.5, 1.0, 1.0), (0.0, 1.0, 0.5, 1.0), (1.0, 0.0, 0.25, 1.0)]:
    kernel = ConstantKernel((sigma * offset) ** 2, "fixed") + ConstantKernel((sigma * smooth) ** 2, "fixed") * RBF(length * d**0.5, "fixed")
    # The own part and the noise of the reports are both on the diagonal alone.
    gp = GaussianProcessRegressor(kernel, alpha=noise + (sigma * own) ** 2, optimizer=None).fit(x[:n], y)
    mean, sd = gp.predict(x[n:], return_std=True)
    prior = sigma**2 * (offset**2 + smooth**2)
    cases.append(
        {
            "offset": offset, "smooth": smooth, "own": own, "length": length,
            "evidence": gp.log_marginal_likelihood_value_,
            "mean": mean.tolist(),
            "explained": (prior - sd**2).tolist(),
        }
    )
json.dump(
    {"made_with": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "sigma": sigma, "x": x.tolist(), "y": y.tolist(), "noise": noise.tolist(), "cases": cases},
    __import__("sys").stdout, indent=1,
)
print()
